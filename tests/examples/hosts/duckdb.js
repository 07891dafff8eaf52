// Runs the SQL of standard input, statements that end with ; and a line end, and prints the rows of their results with
// tabs, "-" for NULL.   node duckdb.js EXTENSION DATABASE   (EXTENSION may be "")
const { readFileSync } = require('fs');
const { DuckDBInstance } = require('@duckdb/node-api');

async function main([extension, database]) {
    const instance = await DuckDBInstance.create(database, { allow_unsigned_extensions: 'true' });
    const connection = await instance.connect();
    const statements = readFileSync(0, 'utf8').split(/;\n/).filter((text) => text.trim());
    for (const statement of extension ? [`LOAD '${extension}'`, ...statements] : statements) {
        for (const row of (await connection.runAndReadAll(statement)).getRows()) {
            console.log(row.map((value) => value ?? '-').join('\t'));
        }
    }
}
main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exit(1);
});
