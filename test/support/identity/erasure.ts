import { generateKeyPairSync } from 'node:crypto';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../gateway.ts';

const { privateKey } = generateKeyPairSync('ed25519');
export const RECEIPT_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const POPULATION = { seed: 5, onlyoffice: 60, kommo: 60, callgear: 60 };
const ENVIRONMENT = { RECEIPT_KEY, DEFAULT_COUNTRY: 'RU' };

export interface Step {
  readonly action: string;
  readonly outcome: string;
  readonly url: string | null;
  readonly match: { readonly confidence: string; readonly contact: { readonly id: string; readonly source: { readonly name: string } } };
}
interface UserError {
  readonly code: string;
  readonly field: readonly string[] | null;
}
interface Plan {
  readonly planErasure: {
    readonly plan: {
      readonly token: string;
      readonly steps: readonly Step[];
      readonly isComplete: boolean;
      readonly coverage: string;
      readonly notCovered: readonly { readonly what: string }[];
    } | null;
    readonly userErrors: readonly UserError[];
  };
}
interface Execution {
  readonly executeErasure: {
    readonly deletions: readonly { readonly contactId: string; readonly outcome: string }[];
    readonly byHand: readonly Step[];
    readonly verification: { readonly status: string; readonly remaining: readonly { readonly contact: { readonly id: string } }[] } | null;
    readonly receipt: { readonly document: string; readonly sha256: string; readonly signature: string; readonly keyId: string } | null;
    readonly userErrors: readonly UserError[];
  };
}

const STEP = 'action outcome url match { confidence contact { id source { name } } }';
const PLAN = `mutation ($keys: PersonKeysInput!, $reference: String) {
  planErasure(input: { keys: $keys, reference: $reference }) {
    plan { token expiresAt isComplete coverage steps { ${STEP} } notCovered { what source { name } } sourceReports { status } }
    userErrors { code field message }
  }
}`;
const EXECUTE = `mutation ($token: String!, $ids: [ID!]!, $acceptIncomplete: Boolean! = false) {
  executeErasure(input: { token: $token, contactIds: $ids, acceptIncomplete: $acceptIncomplete }) {
    deletions { contactId outcome }
    byHand { ${STEP} }
    verification { status remaining { contact { id } } sourceReports { status } }
    receipt { document sha256 signature keyId }
    userErrors { code field message }
  }
}`;

/** Starts a gateway that signs receipts with RECEIPT_KEY. */
export function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return startTestGateway({ population: POPULATION, ...options, environment: { ...ENVIRONMENT, ...options.environment } });
}

/** Somebody whom ONLYOFFICE and another CRM know, by an e-mail address that both have. */
export function personIn(...crms: readonly string[]) {
  const people = createPopulation(POPULATION).people.filter((person) => person.crms.join() === crms.join() && person.emails.length > 0);
  const [person] = people;
  if (person === undefined) throw new Error('nobody');
  return person;
}

/** Plans an erasure. */
export async function plan(gateway: TestGateway, keys: object, reference?: string) {
  return (await gateway.ask<Plan>(PLAN, { keys, reference })).planErasure;
}

/** Executes a plan. */
export async function execute(gateway: TestGateway, token: string, ids: readonly string[], acceptIncomplete = false) {
  return (await gateway.ask<Execution>(EXECUTE, { token, ids, acceptIncomplete })).executeErasure;
}

/** The contacts of the steps that have an action. */
export const idsOf = (steps: readonly Step[] | undefined, action = 'DELETE') =>
  (steps ?? []).filter((step) => step.action === action).map(({ match }) => match.contact.id);
