// One book's life by the generated client: created, read, changed, deleted.

use restwell::apis::{books_api::*, configuration::Configuration, Error};
use restwell::models::{BookAuthor, BookCreation, BookPatch};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut service = Configuration::new();
    service.base_path = std::env::args().nth(1).ok_or("the address of the service is missing")?;

    let author = BookAuthor::new("Frank Herbert".to_string());
    let mut creation = BookCreation::new("Dune".to_string(), vec![author]);
    creation.page_count = Some(Some(412));
    let created = create_book(&service, creation, Some("rust-round-trip"), None)?;
    assert_eq!(created.title, "Dune");

    let read = read_book(&service, created.id, None, None, None, None)?;
    assert_eq!(read.title.as_ref(), Some(&created.title));
    assert_eq!(read.authors, Some(created.authors));
    assert_eq!(read.page_count, Some(Some(412)));
    assert_eq!(read.genre, Some(None));

    let mut patch = BookPatch::new();
    patch.genre = Some(Some("Science fiction".to_string()));
    let changed = update_book(&service, created.id, patch, None, None, None)?;
    assert_eq!(changed.genre.as_deref(), Some("Science fiction"));

    delete_book(&service, created.id, None, None, None)?;
    match read_book(&service, created.id, None, None, None, None) {
        Err(Error::ResponseError(problem)) => assert_eq!(problem.status.as_u16(), 404),
        _ => panic!("a deleted book is still there"),
    }
    Ok(())
}
