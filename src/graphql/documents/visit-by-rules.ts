import {
  BREAK,
  getEnterLeaveForKind,
  visit,
  type ASTNode,
  type ASTVisitFn,
  type ASTVisitor,
  type DocumentNode,
  type Kind,
  type TypeInfo,
} from 'graphql';

/** What one rule does at nodes of one kind. */
interface Step {
  readonly rule: number;
  readonly visitor: ASTVisitor;
  readonly enter: ASTVisitFn<ASTNode> | undefined;
  readonly leave: ASTVisitFn<ASTNode> | undefined;
}

/**
 * Visits a document with all rules at once, like graphql-js' `visitInParallel` and `visitWithTypeInfo`, for visitors that change nothing. Those ask each
 * rule about each kind of node that there is, for each document, which takes as long as validating it: here only the kinds that it has are asked about.
 */
export function visitByRules(document: DocumentNode, typeInfo: TypeInfo, visitors: readonly ASTVisitor[]): void {
  const steps = new Map<Kind, readonly Step[]>();
  /** By rule: the node below which it looks at nothing, or BREAK where it looks at nothing more. */
  const skipped: unknown[] = visitors.map(() => null);
  const stepsAt = (kind: Kind): readonly Step[] => {
    let known = steps.get(kind);
    if (known === undefined) steps.set(kind, (known = findSteps(visitors, kind)));
    return known;
  };
  visit(document, {
    enter(node, ...place) {
      // Texts for people are no values: that of a variable would be taken for its default.
      if (place[0] === 'description') return false;
      typeInfo.enter(node);
      for (const { rule, visitor, enter } of stepsAt(node.kind)) {
        if (enter === undefined || skipped[rule] !== null) continue;
        const said: unknown = enter.call(visitor, node, ...place);
        if (said === false) skipped[rule] = node;
        else if (said === BREAK) skipped[rule] = BREAK;
      }
      return undefined;
    },
    leave(node, ...place) {
      for (const { rule, visitor, leave } of stepsAt(node.kind)) {
        if (skipped[rule] === node) skipped[rule] = null;
        else if (skipped[rule] === null && leave?.call(visitor, node, ...place) === BREAK) skipped[rule] = BREAK;
      }
      typeInfo.leave(node);
    },
  });
}

function findSteps(visitors: readonly ASTVisitor[], kind: Kind): readonly Step[] {
  return visitors.flatMap((visitor, rule) => {
    const { enter, leave } = getEnterLeaveForKind(visitor, kind);
    return enter === undefined && leave === undefined ? [] : [{ rule, visitor, enter, leave }];
  });
}
