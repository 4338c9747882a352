import type { SqlShape } from './types.ts';

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** After these a sign belongs to the number that follows, and no name of a column or table has ended. */
export const RESERVED = wordsOf(
  'SELECT WHERE AND OR NOT BETWEEN THEN ELSE WHEN CASE LIMIT OFFSET IN LIKE ILIKE RETURN BY ON SET VALUES DISTINCT ALL ' +
    'TOP INTERVAL DEFAULT FROM JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL USING HAVING UNION INTERSECT EXCEPT IS AS ' +
    'GROUP ORDER ASC DESC FETCH FOR INTO RETURNING WITH ANY SOME EXISTS LATERAL WINDOW',
);

/** A double-quoted text after one of these is a string where the dialect leaves the choice. */
export const COMPARING = wordsOf('LIKE ILIKE REGEXP RLIKE GLOB BETWEEN THEN ELSE');

/** Words that end the list of tables after FROM. */
export const ENDS_FROM = wordsOf(
  'WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS RETURNING SET VALUES WINDOW FOR SELECT ON USING',
);

/** What may follow CREATE, ALTER and DROP and is named in a summary. */
export const DDL_OBJECTS = wordsOf(
  'TABLE INDEX VIEW PROCEDURE FUNCTION TRIGGER DATABASE SCHEMA SEQUENCE USER ROLE TYPE EXTENSION DOMAIN POLICY PACKAGE ' +
    'SYNONYM KEYSPACE COLLECTION PUBLICATION SUBSCRIPTION SERVER',
);

/** Stand between a verb and the name it acts on. */
export const NAME_PREFIXES = wordsOf(
  'IF NOT EXISTS ONLY LATERAL CONCURRENTLY LOW_PRIORITY HIGH_PRIORITY IGNORE OR ABORT FAIL REPLACE ROLLBACK',
);

const VERBS: Readonly<Record<SqlShape['verb'], ReadonlySet<string>>> = {
  read: wordsOf('SELECT WITH VALUES TABLE'),
  write: wordsOf('INSERT UPDATE DELETE MERGE REPLACE UPSERT COPY LOAD'),
  control: wordsOf(
    'BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET RESET SHOW USE PRAGMA DISCARD DEALLOCATE PREPARE LISTEN UNLISTEN ' +
      'NOTIFY LOCK UNLOCK ABORT END DESCRIBE DESC KILL CHECKPOINT XA',
  ),
  ddl: wordsOf(
    'CREATE ALTER DROP TRUNCATE GRANT REVOKE COMMENT VACUUM ANALYZE REINDEX CLUSTER REFRESH RENAME OPTIMIZE ATTACH DETACH',
  ),
  cursor: wordsOf('FETCH DECLARE CLOSE MOVE OPEN'),
  other: wordsOf('EXEC EXECUTE CALL DO EXPLAIN'),
};

const VERB_OF: ReadonlyMap<string, SqlShape['verb']> = new Map(
  Object.entries(VERBS).flatMap(([verb, words]) =>
    [...words].map((word) => [word, verb as SqlShape['verb']]),
  ),
);

export function verbOf(operation: string): SqlShape['verb'] {
  return VERB_OF.get(operation) ?? 'other';
}
