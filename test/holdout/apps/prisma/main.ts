// @ts-expect-error: no types are installed for it
import express from 'express';
import { listen } from '../listen.js';
import { prisma } from './db.ts';
import { settingOf } from './settings.ts';

interface Answer {
  json(body: unknown): void;
}

const app = express();
const firstPosts = () => prisma.post.findMany({ take: 12, orderBy: { id: 'asc' } });

app.get('/posts', async (_request: unknown, response: Answer) => {
  const out = [];
  for (const post of await firstPosts()) {
    const author = await prisma.author.findUnique({ where: { id: post.authorId } }); // n+1: /posts Author.id
    out.push({ title: post.title, author: author?.name });
  }
  response.json(out);
});

app.get('/posts/include', async (_request: unknown, response: Answer) => {
  response.json(await prisma.post.findMany({ take: 12, include: { author: true, comments: true, tags: true } }));
});

app.get('/posts/one-tick', async (_request: unknown, response: Answer) => {
  const posts = await firstPosts();
  response.json(await Promise.all(posts.map((post) => prisma.author.findUnique({ where: { id: post.authorId } }))));
});

app.get('/posts/fluent', async (_request: unknown, response: Answer) => {
  const posts = await firstPosts();
  response.json(await Promise.all(posts.map((post) => prisma.post.findUnique({ where: { id: post.id } }).comments())));
});

app.get('/posts/parallel', async (_request: unknown, response: Answer) => {
  const posts = await firstPosts();
  const latest = posts.map((post) =>
    prisma.comment.findFirst({ where: { postId: post.id }, orderBy: { id: 'desc' } }), // n+1: /posts/parallel Comment.postId
  );
  response.json(await Promise.all(latest));
});

app.get('/posts/in', async (_request: unknown, response: Answer) => {
  const posts = await firstPosts();
  response.json(await prisma.author.findMany({ where: { id: { in: posts.map((post) => post.authorId) } } }));
});

app.get('/authors/counts', async (_request: unknown, response: Answer) => {
  const out: Record<string, number> = {};
  for (const author of await prisma.author.findMany()) {
    out[author.name] = await prisma.post.count({ where: { authorId: author.id, deletedAt: null } }); // n+1: /authors/counts Post.authorId
  }
  response.json(out);
});

app.get('/authors/counts/grouped', async (_request: unknown, response: Answer) => {
  response.json(await prisma.author.findMany({ include: { _count: { select: { posts: true } } } }));
});

app.get('/settings', async (_request: unknown, response: Answer) => {
  const out = [];
  for (let index = 1; index <= 9; index++) out.push(await settingOf(`setting-${index}`));
  response.json(out);
});

app.post('/views', async (_request: unknown, response: Answer) => {
  for (const post of await firstPosts()) {
    await prisma.post.update({ where: { id: post.id }, data: { views: { increment: 1 } } }); // n+1: /views Post
  }
  response.json({});
});

app.post('/views/batched', async (_request: unknown, response: Answer) => {
  const posts = await firstPosts();
  await prisma.post.updateMany({ where: { id: { in: posts.map(({ id }) => id) } }, data: { views: { increment: 1 } } });
  response.json({});
});

app.post('/comments', async (_request: unknown, response: Answer) => {
  await prisma.$transaction(async (tx) => {
    for (let postId = 1; postId <= 8; postId++) {
      await tx.comment.create({ data: { postId, body: 'hello' } }); // n+1: /comments Comment
    }
  });
  response.json({});
});

app.post('/comments/batched', async (_request: unknown, response: Answer) => {
  const data = Array.from({ length: 8 }, (_, index) => ({ postId: index + 1, body: 'hello' }));
  await prisma.comment.createMany({ data });
  response.json({});
});

app.post('/tags', async (_request: unknown, response: Answer) => {
  for (let index = 0; index < 7; index++) {
    const label = `tag-${index}`;
    await prisma.tag.upsert({ where: { label }, create: { label }, update: {} }); // n+1: /tags Tag
  }
  response.json({});
});

app.get('/comments/pages', async (_request: unknown, response: Answer) => {
  const all = [];
  for (let page = 0; page < 8; page++) all.push(...(await prisma.comment.findMany({ skip: page * 20, take: 20, orderBy: { id: 'asc' } })));
  response.json(all);
});

app.get('/comments/after', async (_request: unknown, response: Answer) => {
  const all = [];
  let last = 0;
  for (let page = 0; page < 7; page++) {
    const found = await prisma.comment.findMany({ where: { id: { gt: last } }, take: 25, orderBy: { id: 'asc' } });
    all.push(...found);
    last = found.at(-1)?.id ?? last;
  }
  response.json(all);
});

listen(app);
