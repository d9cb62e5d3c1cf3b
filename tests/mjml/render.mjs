// Renders MJML as npm's mjml does: one JSON request a line on stdin, one JSON answer a line on stdout.

import { createInterface } from "node:readline";
import mjml2html from "mjml";

function answer({ source, rounds = 1 }) {
  const times = [];
  let found;
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint();
    found = mjml2html(source, { fonts: {}, validationLevel: "soft", keepComments: false });
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return { html: found.html, errors: found.errors.map((error) => error.formattedMessage), times };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
}
