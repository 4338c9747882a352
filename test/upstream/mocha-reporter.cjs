/** One line of JSON a finished test of mocha. */
module.exports = function Outcomes(runner) {
  const tell = (outcome) => (test) => {
    const { file = '' } = test;
    console.log(`@nightjar-outcome ${JSON.stringify({ file, name: test.fullTitle(), outcome })}`);
  };
  runner.on('pass', tell('passed')).on('fail', tell('failed')).on('pending', tell('skipped'));
};
