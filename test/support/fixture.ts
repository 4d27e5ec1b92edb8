// The service of the tests: a project of its own, of which they know every field and row. `schemas/` may hold anything.

export const fixture = 'test/fixtures/service'
export const fixtureSchemas = `${fixture}/schemas`
