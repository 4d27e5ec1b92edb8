// One book's life by the generated client: created, read, changed, deleted.

import java.util.List;
import restwell.ApiClient;
import restwell.ApiException;
import restwell.api.BooksApi;
import restwell.model.Book;
import restwell.model.BookAuthor;
import restwell.model.BookCreation;
import restwell.model.BookPatch;
import restwell.model.BookView;

public class RoundTrip {
  public static void main(String[] arguments) throws ApiException {
    ApiClient client = new ApiClient();
    client.updateBaseUri(arguments[0]);
    BooksApi books = new BooksApi(client);

    BookCreation creation = new BookCreation()
        .title("Dune")
        .authors(List.of(new BookAuthor().name("Frank Herbert")))
        .pageCount(412L);
    Book created = books.createBook(creation, "java-round-trip", null);
    expect("Dune", created.getTitle());

    BookView read = books.readBook(created.getId(), null, null, null, null);
    expect(created.getTitle(), read.getTitle());
    expect(created.getPageCount(), read.getPageCount());
    expect("Frank Herbert", read.getAuthors().get(0).getName());
    expect(null, read.getGenre());

    Book changed = books.updateBook(created.getId(), new BookPatch().genre("Science fiction"), null, null, null);
    expect("Science fiction", changed.getGenre());
    expect(412L, changed.getPageCount());

    books.deleteBook(created.getId(), null, null, null);
    try {
      books.readBook(created.getId(), null, null, null, null);
      throw new AssertionError("a deleted book is still there");
    } catch (ApiException problem) {
      expect(404, problem.getCode());
    }
  }

  private static void expect(Object expected, Object found) {
    if (!java.util.Objects.equals(expected, found))
      throw new AssertionError("expected " + expected + ", found " + found);
  }
}
