// Finds the places of a TypeScript program where it says more than its compiler knows.

import ts from 'typescript';

const { SyntaxKind } = ts;

/** The words for what takes the compiler's place, by the kind of syntax. */
const kinds = {
  [SyntaxKind.AsExpression]: 'a cast',
  [SyntaxKind.TypeAssertionExpression]: 'a cast',
  [SyntaxKind.NonNullExpression]: 'a "!"',
  [SyntaxKind.AnyKeyword]: 'an "any"',
  [SyntaxKind.TypePredicate]: 'a type predicate',
};

/**
 * Every such place in the files of the project that were written by hand, as `file:line: words`. `trusted` is the text of
 * the expressions whose type may be `any`: what a library hands over without one.
 */
export function casts(tsconfig, isWritten, trusted) {
  const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, tsconfig.replace(/[^/]*$/, ''));
  const program = ts.createProgram(fileNames, options);
  const written = program.getSourceFiles().filter(({ fileName }) => isWritten(fileName));
  if (written.length === 0) throw new Error(`${tsconfig} names no file that was written by hand`);
  return written.flatMap((file) => castsOf(file, program.getTypeChecker(), trusted));
}

/** The same of one file. */
export function castsOf(file, checker, trusted) {
  const found = [];
  const tell = (at, words) => found.push(`${file.fileName}:${file.getLineAndCharacterOfPosition(at).line + 1}: ${words}`);
  for (const { index } of file.text.matchAll(/@ts-/g)) tell(index, 'an order to the compiler');
  const walk = (node) => {
    if (kinds[node.kind]) tell(node.getStart(file), kinds[node.kind]);
    else if (node.exclamationToken) tell(node.getStart(file), 'a "!"');
    else if (hasType(node) && isAny(node, checker) && !trusted.includes(node.getText(file))) {
      tell(node.getStart(file), `${node.getText(file)} has the type "any"`);
    }
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

/** Whether a place gives a value or takes one in, so that it has a type. */
const hasType = (node) =>
  ts.isCallLikeExpression(node) || ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ||
  ts.isAwaitExpression(node) || (ts.isIdentifier(node) && node.parent.name === node && isHolder(node.parent));
const isHolder = (node) =>
  ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node);
const isAny = (node, checker) => (checker.getTypeAtLocation(node).flags & ts.TypeFlags.Any) !== 0;
