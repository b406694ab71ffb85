// mermaid.mjs PACKAGES FILE... - parses each file with the mermaid package that
// npm installed there, and prints the texts of its diagram as a JSON array; fails
// at the first that is no diagram.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';

const [packages, ...files] = process.argv.slice(2);
const require = createRequire(`${packages}/index.js`);
const {JSDOM} = require('jsdom'); // mermaid asks for a document even to parse
const {window} = new JSDOM('<!DOCTYPE html><body></body>');
Object.assign(globalThis, {window, document: window.document});
const {default: mermaid} = await import(pathToFileURL(require.resolve('mermaid')));
mermaid.initialize({startOnLoad: false});
for (const file of files) {
  const {diagramType} = await mermaid.parse(readFileSync(file, 'utf8'));
  if (diagramType !== 'sequence') throw new Error(`${file} is a diagram of the type ${diagramType}`);
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(readFileSync(file, 'utf8'));
  const texts = [...diagram.db.getMessages().map(message => message.message),
    ...[...diagram.db.getActors().values()].map(actor => actor.description)];
  // The package keeps #59; as these signs until it draws.
  const decode = text => text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCharCode(code));
  console.log(JSON.stringify(texts.filter(text => typeof text === 'string').map(decode)));
}
