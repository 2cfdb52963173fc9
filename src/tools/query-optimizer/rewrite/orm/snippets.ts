import { bareName, camelCase, pascalCase, plural, relationName, singular, snakeCase } from './names.ts';
import type { Relation } from './relation.ts';

export const ORMS = ['django', 'prisma', 'sequelize', 'typeorm', 'sqlalchemy', 'activerecord'] as const;
export type Orm = (typeof ORMS)[number];

export interface Snippet {
  /** The list without its relation, and with it. */
  before: string;
  after: string;
}

/** A list that loads what belongs to its rows with it, in the conventions of each layer; own names may differ. */
const SNIPPETS: Readonly<Record<Orm, (relation: Relation) => Snippet>> = {
  django: ({ list, other, kind, column }) => {
    const model = djangoModel(list);
    return {
      before: `${model}.objects.all()`,
      after:
        kind === 'one'
          ? `${model}.objects.select_related("${relationName(column)}")`
          : `${model}.objects.prefetch_related("${djangoModel(other).toLowerCase()}_set")`,
    };
  },
  prisma: ({ list, other, kind, column }) => {
    const model = camelCase(singular(bareName(list)));
    const field = kind === 'one' ? camelCase(relationName(column)) : camelCase(plural(bareName(other)));
    return {
      before: `prisma.${model}.findMany()`,
      after: `prisma.${model}.findMany({ include: { ${field}: true } })`,
    };
  },
  sequelize: ({ list, other }) => {
    const model = modelOf(list);
    return { before: `${model}.findAll()`, after: `${model}.findAll({ include: [${modelOf(other)}] })` };
  },
  typeorm: ({ list, other, kind, column }) => {
    const model = modelOf(list);
    const field = kind === 'one' ? camelCase(relationName(column)) : camelCase(plural(bareName(other)));
    return {
      before: `dataSource.getRepository(${model}).find()`,
      after: `dataSource.getRepository(${model}).find({ relations: { ${field}: true } })`,
    };
  },
  sqlalchemy: ({ list, other, kind, column }) => {
    const model = modelOf(list);
    const field = kind === 'one' ? relationName(column) : snakeCase(plural(bareName(other)));
    // One row beside each needs no second query; many would repeat the row of the list.
    const load = kind === 'one' ? 'joinedload' : 'selectinload';
    return { before: `select(${model})`, after: `select(${model}).options(${load}(${model}.${field}))` };
  },
  activerecord: ({ list, other, kind, column }) => {
    const model = modelOf(list);
    const field = kind === 'one' ? relationName(column) : snakeCase(plural(bareName(other)));
    return { before: `${model}.all`, after: `${model}.includes(:${field})` };
  },
};

export function snippetFor(orm: Orm, relation: Relation): Snippet {
  return SNIPPETS[orm](relation);
}

function modelOf(table: string): string {
  return pascalCase(singular(bareName(table)));
}

/** Tables are named `<app>_<model>`, in lower case without any mark between the words of a model. */
function djangoModel(table: string): string {
  const [, ...model] = bareName(table).split('_');
  return pascalCase(model.length === 0 ? singular(bareName(table)) : model.join('_'));
}
