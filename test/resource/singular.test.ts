// The singular of what services are about: it names components, operations and problems, and cannot be changed later.

import t from 'tap'
import { singularOf } from '../../src/resource/singular.ts'

const nouns = `
  books:book cars:car countries:country customers:customer events:event guests:guest sales:sale tasks:task
  todos:todo transactions:transaction users:user movies:movie series:series statuses:status sizes:size heroes:hero
  gas:gas people:person children:child men:man women:woman teeth:tooth feet:foot mice:mouse geese:goose
  criteria:criterion phenomena:phenomenon analyses:analysis crises:crisis theses:thesis axes:axis bases:base
  indices:index vertices:vertex matrices:matrix data:data media:media news:news sheep:sheep fish:fish
  species:species aircraft:aircraft boxes:box buses:bus classes:class dishes:dish churches:church
  addresses:address aliases:alias viruses:virus quizzes:quiz prizes:prize houses:house horses:horse courses:course
  responses:response databases:database purchases:purchase licenses:license invoices:invoice prices:price
  devices:device services:service offices:office caches:cache branches:branch searches:search batches:batch
  leaves:leaf knives:knife lives:life wives:wife shelves:shelf loaves:loaf halves:half archives:archive
  drives:drive moves:move cookies:cookie calories:calorie ties:tie pies:pie zombies:zombie categories:category
  companies:company activities:activity keys:key days:day surveys:survey photos:photo videos:video potatoes:potato
  tomatoes:tomato echoes:echo shoes:shoe canoes:canoe releases:release leases:lease expenses:expense
  warehouses:warehouse exercises:exercise bonuses:bonus campuses:campus gases:gas lenses:lens menus:menu taxes:tax
  indexes:index appendices:appendix faxes:fax schemas:schema metadata:metadata feedback:feedback staff:staff
  equipment:equipment order_items:order_item user-roles:user-role line_statuses:line_status access:access
  process:process progress:progress bus:bus status:status process_steps:process_step slaves:slave curves:curve
  olives:olive gloves:glove waves:wave caves:cave valves:valve thieves:thief chefs:chef roofs:roof proofs:proof
  specs:spec specimens:specimen biases:bias canvases:canvas atlases:atlas passes:pass losses:loss bosses:boss
  glasses:glass wishes:wish watches:watch stories:story queries:query replies:reply deliveries:delivery
  inquiries:inquiry enemies:enemy duties:duty parties:party cities:city currencies:currency factories:factory
  libraries:library entries:entry measurements:measurement readings:reading sensors:sensor trades:trade
  shades:shade notes:note nodes:node edges:edge pages:page images:image messages:message packages:package uses:use
  causes:cause clauses:clause phases:phase vases:vase bruises:bruise noises:noise franchises:franchise
  advertisements:advertisement niches:niche policies:policy bookings:booking tariffs:tariff sms:sms
`

t.test('the singular of a noun is English', async t => {
  const pairs = nouns.trim().split(/\s+/)
  t.ok(pairs.length > 150)
  for (const pair of pairs) {
    const [plural = ''] = pair.split(':')
    t.equal(`${plural}:${singularOf(plural)}`, pair)
  }
})
