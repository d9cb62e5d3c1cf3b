// Reads Atom, RSS and JSON feeds with feedsmith; dates become JavaScript's, so ISO in UTC.
import { parseFeed } from 'feedsmith'

import { batch } from './batch.mjs'

await batch((text) => parseFeed(text, { parseDateFn: (raw) => new Date(raw) }))
