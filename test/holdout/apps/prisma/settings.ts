import { prisma } from './db.ts';

export async function settingOf(key: string): Promise<string | undefined> {
  const row = await prisma.setting.findFirst({ where: { key } }); // n+1: /settings Setting.key
  return row?.value;
}
