import { createClient, ProblemError } from '../src/client.ts'

const restwell = createClient({ baseUrl: 'http://127.0.0.1:3000', token: 'rw_live_…' })

const { data: book } = await restwell.GET('/books/{id}', { params: { path: { id: 1 } } })
console.log(book.title)

const params = { query: { genre: 'Education', sort: 'title' } } as const
for await (const { title } of restwell.rows('/books', { params })) console.log(title)

await restwell.change('/events/{id}', { id: 1 }, event => ({
  capacity: (event.capacity ?? 0) + 10,
}))

try {
  await restwell.POST('/countries', { body: { name: 'Germany', capital: 'Berlin', area: 357022 } })
} catch (error) {
  if (!(error instanceof ProblemError)) throw error
  if (error.kind === 'quota-exceeded') console.log(`Please wait for ${error.retryAfter} s.`)
  else for (const { pointer, detail } of error.errors) console.log(pointer, detail)
}
