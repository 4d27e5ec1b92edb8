// One book's life by the generated client: created, read, changed, deleted.
package main

import (
	"context"
	"log"
	"os"

	restwell "example.com/restwell/client"
)

func main() {
	configuration := restwell.NewConfiguration()
	configuration.Servers = restwell.ServerConfigurations{{URL: os.Args[1]}}
	books := restwell.NewAPIClient(configuration).BooksAPI
	ctx := context.Background()

	creation := restwell.NewBookCreation("Dune", []restwell.BookAuthor{*restwell.NewBookAuthor("Frank Herbert")})
	creation.SetPageCount(412)
	created, _, err := books.CreateBook(ctx).BookCreation(*creation).IdempotencyKey("go-round-trip").Execute()
	check(err)
	expect("Dune", created.Title)

	read, _, err := books.ReadBook(ctx, created.Id).Execute()
	check(err)
	expect("Dune", *read.Title)
	expect("Frank Herbert", read.Authors[0].Name)
	expect(int64(412), *read.PageCount.Get())
	expect(false, read.Genre.Get() != nil)

	patch := restwell.NewBookPatch()
	patch.SetGenre("Science fiction")
	changed, _, err := books.UpdateBook(ctx, created.Id).BookPatch(*patch).Execute()
	check(err)
	expect("Science fiction", *changed.Genre.Get())

	_, err = books.DeleteBook(ctx, created.Id).Execute()
	check(err)
	_, response, err := books.ReadBook(ctx, created.Id).Execute()
	if err == nil {
		log.Fatal("a deleted book is still there")
	}
	expect(404, response.StatusCode)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect[T comparable](expected, found T) {
	if expected != found {
		log.Fatalf("expected %v, found %v", expected, found)
	}
}
