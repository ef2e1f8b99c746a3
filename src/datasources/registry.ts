import { callgearModule } from './callgear/callgear-module.ts';
import { kommoModule } from './kommo/kommo-module.ts';
import { onlyofficeModule } from './onlyoffice/onlyoffice-module.ts';
import type { SourceModule } from './source-module.ts';

/** Every kind of CRM that the gateway knows. A new one is a folder beside these and a line here. */
export const SOURCE_MODULES: readonly SourceModule[] = [onlyofficeModule, kommoModule, callgearModule];
