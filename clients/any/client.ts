// The command that makes a client: npm run client -- go ../restwell-go

import { resolve } from 'node:path'
import { generate } from './generate.ts'
import { languages } from './languages.ts'

const [name = '', folder] = process.argv.slice(2)
const language = languages[name]

if (language === undefined || folder === undefined) {
  console.error(`Usage: npm run client -- ${Object.keys(languages).join('|')} FOLDER`)
  process.exitCode = 2
} else {
  generate(resolve(folder), language)
  console.log(`A ${name} client is in ${resolve(folder)}; its README.md says how it is used.`)
}
