# One book's life by the generated client: created, read, changed, deleted.

require 'restwell'
require 'uri'

def expect(expected, found)
  raise "expected #{expected.inspect}, found #{found.inspect}" unless expected == found
end

address = URI(ARGV[0])
configuration = Restwell::Configuration.new
configuration.scheme = address.scheme
configuration.host = "#{address.host}:#{address.port}"
configuration.base_path = ''
configuration.server_index = nil
books = Restwell::BooksApi.new(Restwell::ApiClient.new(configuration))

creation = Restwell::BookCreation.new(
  title: 'Dune', authors: [Restwell::BookAuthor.new(name: 'Frank Herbert')], page_count: 412
)
created = books.create_book(creation, idempotency_key: 'ruby-round-trip')
expect('Dune', created.title)

read = books.read_book(created.id)
expect(created.to_hash, read.to_hash)
expect('Frank Herbert', read.authors.first.name)
expect(nil, read.genre)

changed = books.update_book(created.id, Restwell::BookPatch.new(genre: 'Science fiction'))
expect('Science fiction', changed.genre)
expect(412, changed.page_count)

books.delete_book(created.id)
begin
  books.read_book(created.id)
  raise 'a deleted book is still there'
rescue Restwell::ApiError => e
  expect(404, e.code)
end
