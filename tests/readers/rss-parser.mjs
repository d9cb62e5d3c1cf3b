// Reads Atom and RSS feeds with rss-parser.
import Parser from 'rss-parser'

import { batch } from './batch.mjs'

await batch((text) => new Parser().parseString(text))
