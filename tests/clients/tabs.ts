/** Commands a line in, events a line out: what drives the tabs of every client program here (see browser.ts). */

export type Row = Record<string, unknown>;

export function print(event: Row) {
  console.log(JSON.stringify(event));
}

/** Obey the commands of standard input, all at once, until it ends. A tab opens at its first command. */
export async function serve<
  Tab extends { close(): Row | Promise<Row> },
  Command extends { id: number; tab: string },
>(
  open: (name: string) => Tab,
  obey: (tab: Tab, command: Command) => Row | Promise<Row>,
): Promise<never> {
  const tabs = new Map<string, Tab>();

  async function run(line: string) {
    const command: Command = JSON.parse(line);
    const tab = tabs.get(command.tab) ?? open(command.tab);
    tabs.set(command.tab, tab);
    print({ reply: command.id, ...await obey(tab, command) });
  }

  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) run(line);
  }
  await Promise.all([...tabs.values()].map((tab) => tab.close()));
  Deno.exit(0);
}
