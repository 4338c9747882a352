import './end.js';

/** Tells the test where the app answers, and ends with it. */
export function listen(app) {
  app.use?.((error, _request, response, _next) => {
    console.error(error);
    response.status(500).json({ error: String(error) });
  });
  const server = app.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
}
