// Checks all definitions together: schemas and examples must be valid, and names and addresses unique.

import type { Ajv2020 } from 'ajv/dist/2020.js'
import { sharedShapes } from '../docs/schemas.ts'
import { consoleAddress, serviceDocuments, serviceOperations } from '../http/service.ts'
import { servedImports } from '../imports/imports.ts'
import { servedKeys } from '../keys/keys.ts'
import type { Operation } from '../operations/operation.ts'
import { modelsToOperations, type ServedResource } from '../operations/operations.ts'
import { ownComponents } from '../operations/own.ts'
import { answerShape } from '../resource/answer-shape.ts'
import type { Field } from '../resource/field.ts'
import { fieldExample, schemaExample } from '../resource/field-example.ts'
import { fieldShape } from '../resource/field-shape.ts'
import { reservedMember, reservedMembers } from '../resource/keywords.ts'
import { DefinitionError, type Model } from '../resource/model.ts'
import { summaryName } from '../resource/names.ts'
import { modelsToShapes, type Shapes, shapesOf } from '../resource/shapes.ts'
import { compileAlike, type ValidatorOf } from '../validation/compile-alike.ts'
import {
  bodyFindings,
  compile,
  createAjv,
  findingToText,
  requireJsonSchema,
  type Validate,
} from '../validation/validator.ts'

/**
 * The shapes of the models and the operations on them. Throws a `DefinitionError` that names every mistake with file and
 * field. `own`: what the service serves besides.
 */
export function describeChecked(models: readonly Model[], own: OwnModels): Described {
  const ajv = createAjv()
  const validatorOf = compileAlike(ajv)
  const ofModels = models.flatMap(model => [
    ...optionMistakes(model),
    ...fieldMistakes(validatorOf, model),
    ...resultMistakes(ajv, model),
    ...keyMistakes(ajv, model),
  ])
  const shapes = modelsToShapes(models)
  const operations = ofModels.length > 0 ? [] : modelsToOperations(models, shapes)
  const mistakes = [
    ...ofModels,
    ...componentMistakes(models, shapes, own),
    ...(ofModels.length > 0 ? [] : addressMistakes(models, operations, own)),
  ]
  if (mistakes.length > 0) throw new DefinitionError([...new Set(mistakes)])
  return { shapes, operations }
}

interface Described {
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
}

/** The API keys, and the imports of rows. */
interface OwnModels {
  readonly keyModel: Model
  readonly importModel: Model
}

function ownServed({ keyModel, importModel }: OwnModels): readonly ServedResource[] {
  return [servedImports(importModel), servedKeys(keyModel, { resources: [] })]
}

function optionMistakes(model: Model): string[] {
  const { file, deprecated } = model
  const dates = Object.entries({ since: deprecated?.since, sunset: deprecated?.sunset })
  const wrong = dates.filter(([, date]) => date !== undefined && Number.isNaN(Date.parse(date)))
  return [
    ...wrong.map(([name]) => `${file}: deprecated.${name} must be a date, such as 2026-11-01`),
    ...transactedCode(model)
      .filter(([, code]) => String(code?.constructor.name).startsWith('Async'))
      .map(
        ([name]) =>
          `${file}: ${name} runs inside the transaction, so it must not be async; what waits belongs in afterCommit`,
      ),
  ]
}

/** The code that runs inside of a transaction. */
function transactedCode({ hooks, actions, views }: Model) {
  const { beforeWrite, afterWrite } = hooks
  return [
    ...Object.entries({ beforeWrite, afterWrite }),
    ...[...actions, ...views].map(({ name, run }) => [`${name}.run`, run] as const),
  ]
}

function fieldMistakes(validatorOf: ValidatorOf, { file, fields }: Model): string[] {
  return fields.flatMap(field => {
    const shape = fieldShape(field)
    try {
      requireJsonSchema(shape)
      return valueMistakes(field, validatorOf(shape)).map(
        mistake => `${file}: ${field.name} ${mistake}`,
      )
    } catch (error) {
      return [`${file}: ${field.name} is no JSON Schema: ${(error as Error).message}`]
    }
  })
}

/** The response of a view or an action must be a schema with a valid example for the document. */
function resultMistakes(ajv: Ajv2020, { file, actions, views }: Model): string[] {
  return [...views, ...actions].flatMap(({ name, response }) => {
    if (response === undefined) return []
    const shape = answerShape(response)
    const at = `${file}: the response of '${name}'`
    const reserved = reservedMembers(shape)
    if (reserved.length > 0)
      return reserved.map(member => `${at} has ${member}, which ${reservedMember(member)}`)
    try {
      requireJsonSchema(shape)
      const findings = bodyFindings(compile(ajv, shape)(schemaExample(shape))).map(findingToText)
      return findings.map(
        finding =>
          `${at} needs examples, because the document would make up one that is not valid: ${finding}`,
      )
    } catch (error) {
      return [`${at} is no JSON Schema: ${(error as Error).message}`]
    }
  })
}

/** A name below the collection must not be a possible key, whose address it would have. */
function keyMistakes(ajv: Ajv2020, { file, key, actions, views, summary }: Model): string[] {
  const validate = compile(ajv, fieldShape(key))
  const below = [...actions, ...views].flatMap(({ on, name }) => (on === 'collection' ? name : []))
  return [...below, ...(summary ? [summaryName] : [])]
    .filter(name => validate(name).length === 0)
    .map(
      name =>
        `${file}: '${name}' on the collection has the address of a row whose ${key.name} is '${name}': give ${key.name} a pattern or a format that it does not have`,
    )
}

/** Checks the examples and the default of a field, or else the example that the document would make up. */
function valueMistakes(field: Field, validate: Validate): string[] {
  const named = (field.schema.examples ?? []) as readonly unknown[]
  const refused = (what: string, value: unknown) =>
    bodyFindings(validate(value)).map(
      finding => `${what} that is not valid, ${JSON.stringify(value)}: ${findingToText(finding)}`,
    )
  return [
    ...named.flatMap(example => refused('has an example', example)),
    ...(field.default === undefined ? [] : refused('has a default', field.default)),
    ...(named.length > 0 || field.default !== undefined
      ? []
      : refused('needs examples, because it would get one', fieldExample(field))),
  ]
}

/** Two components must not have one name, because the document would show only the last. */
function componentMistakes(
  models: readonly Model[],
  shapes: Described['shapes'],
  own: OwnModels,
): string[] {
  const ours = ownServed(own).flatMap(({ shapes }) => shapeNames(shapes))
  const taken = new Map(
    [...sharedShapes.map(({ $id }) => String($id)), ...ours].map(name => [name, '']),
  )
  return models.flatMap(model =>
    components(model, shapes).flatMap(name => {
      const other = taken.get(name)
      taken.set(name, other ?? model.file)
      if (other === undefined) return []
      const advice = '; choose another word with the option singular'
      return [
        `${model.file}: the component '${name}' of the document is ${other || 'the service'}'s already${advice}`,
      ]
    }),
  )
}

function components(model: Model, shapes: Described['shapes']): string[] {
  return [
    ...shapeNames(shapes.get(model.name) as Shapes),
    ...ownComponents(model).map(({ $id }) => String($id)),
  ]
}

function shapeNames(shapes: Shapes): string[] {
  return [...new Set(shapesOf(shapes).map(({ $id }) => String($id)))]
}

/** `/v1`, the files of the console, and the addresses about the service itself. */
const reserved = [
  '/v1',
  consoleAddress,
  ...serviceOperations.map(({ path }) => path),
  ...serviceDocuments.map(({ href }) => href),
]

/** Colliding parameters are reported by `modelsToOperations`. */
function addressMistakes(
  models: readonly Model[],
  ofModels: readonly Operation[],
  own: OwnModels,
): string[] {
  const operations = [...ownServed(own).flatMap(({ operations }) => operations), ...ofModels]
  const collections = models.filter(({ name }) => reserved.includes(`/${name}`))
  return [
    ...collections.map(({ file, name }) => `${file}: the address /${name} is the service's own`),
    ...twice(operations, ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`),
    ...twice(operations, ({ id }) => `operationId '${id}'`),
    ...operations
      .filter(namesTwice)
      .map(({ model, path }) => `${model.file}: ${path} names two things alike`),
  ]
}

function twice(
  operations: readonly Operation[],
  nameOf: (operation: Operation) => string,
): string[] {
  const first = Map.groupBy(operations, nameOf)
  return [...first].flatMap(([name, [one, ...others]]) =>
    others.map(({ model: { file } }) =>
      file === one?.model.file
        ? `${file}: ${name} is there twice; choose another name for one of them`
        : `${file}: ${name} is ${one?.model.file}'s already`,
    ),
  )
}

function namesTwice({ pathParameters }: Operation): boolean {
  return new Set(pathParameters.map(({ name }) => name)).size < pathParameters.length
}
