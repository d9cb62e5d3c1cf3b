// Reads Atom, RSS and JSON feeds with @extractus/feed-extractor.
import { extractFromJson, extractFromXml } from '@extractus/feed-extractor'

import { batch } from './batch.mjs'

await batch((text) =>
  text.startsWith('{') ? extractFromJson(JSON.parse(text)) : extractFromXml(text),
)
