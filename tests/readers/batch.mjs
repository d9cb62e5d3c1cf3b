// Runs a reader on every path of the JSON list on standard input, prints a JSON list.
import { readFileSync } from 'node:fs'

export async function batch(read) {
  const results = []
  for (const path of JSON.parse(readFileSync(0, 'utf8'))) {
    try {
      results.push(await read(readFileSync(path, 'utf8')))
    } catch (error) {
      console.error(`${path}: ${error.message}`)
      process.exit(1)
    }
  }
  process.stdout.write(JSON.stringify(results))
}
