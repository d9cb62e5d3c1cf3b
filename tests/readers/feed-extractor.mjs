// Reads Atom, RSS and JSON feeds with @extractus/feed-extractor.
import { extractFromJson, extractFromXml } from '@extractus/feed-extractor'

import { batch } from './batch.mjs'

// Without this option a title "1e5" is shown as 100000 and an id "007" as 7.
const options = { xmlParserOptions: { parseTagValue: false } }

await batch((text) =>
  text.startsWith('{') ? extractFromJson(JSON.parse(text)) : extractFromXml(text, options),
)
