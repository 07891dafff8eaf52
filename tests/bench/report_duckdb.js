// DuckDB with its columns given, one thread: the counts of a log by model. For report.sh; npm's @duckdb/node-api is
// found in NODE_PATH.   node report_duckdb.js LOG
const { DuckDBInstance } = require('@duckdb/node-api');
const query = `SELECT model, sum(usage.prompt_tokens), sum(usage.completion_tokens), sum(usage.total_tokens)
    FROM read_json('${process.argv[2]}', format = 'newline_delimited', columns = {model: 'VARCHAR',
    usage: 'STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT, total_tokens BIGINT)'}) GROUP BY model`;
async function main() {
    const database = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await database.connect();
    const result = await connection.runAndReadAll(query);
    result.getRows().forEach((row) => console.log(row.join(' ')));
}
main();
