import {
  BasePlugin,
  type EnumValues,
  type FieldNullability,
  type FieldRequiredness,
  type InputFieldMap,
  type InputType,
  type PothosEnumValueConfig,
  type PothosInputFieldConfig,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core';
import type { CrmProfile } from '../datasources/port/crm-profile.ts';
import { describeAvailability, type Availability } from './availability.ts';

/** What the plugin reads of whatever has a description. */
interface Described {
  readonly description?: string | null | undefined;
}

/**
 * Makes of the profiles of CRMs, the option `crms` of `toSchema()`, what the schema says of them: the values of enums with the option `isOfCrms`,
 * and, after the description of whatever has the option `availability`, the sentence about it.
 */
export class CrmPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(type: PothosTypeConfig): PothosTypeConfig {
    const described = this.#describe(type, type.pothosOptions.availability);
    return described.kind === 'Enum' && described.pothosOptions.isOfCrms === true ? { ...described, values: this.#kinds() } : described;
  }

  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { availability } = field.pothosOptions;
    if (availability === undefined) return field;
    const absence = field.type.kind === 'List' ? 'empty' : 'null';
    return { ...this.#describe(field, availability, absence), extensions: { ...field.extensions, availability } };
  }

  override onInputFieldConfig(field: PothosInputFieldConfig<Types>): PothosInputFieldConfig<Types> {
    return this.#describe(field, field.pothosOptions.availability);
  }

  override onEnumValueConfig(value: PothosEnumValueConfig<Types>): PothosEnumValueConfig<Types> {
    return this.#describe(value, value.pothosOptions?.availability);
  }

  #describe<T extends Described>(described: T, availability: Availability | undefined, absence?: string): T {
    if (availability === undefined) return described;
    const sentence = describeAvailability(this.#crms, availability, absence);
    return { ...described, description: `${described.description ?? ''} ${sentence}`.trim() };
  }

  get #crms(): readonly CrmProfile[] {
    return this.options.crms ?? [];
  }

  #kinds() {
    return Object.fromEntries(
      this.#crms.map(({ kind, displayName }) => [kind, { value: kind, description: `An account of ${displayName}.` }]),
    );
  }
}

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      crms: CrmPlugin<Types>;
    }

    interface BuildSchemaOptions<Types extends SchemaTypes> {
      /** The kinds of CRM that the gateway is composed of. */
      crms?: readonly CrmProfile[];
    }

    interface BaseTypeOptions<Types extends SchemaTypes = SchemaTypes> {
      /** What a CRM has to have for values of this type. */
      availability?: Availability;
    }

    interface EnumTypeOptions<Types extends SchemaTypes = SchemaTypes, Values extends EnumValues<Types> = EnumValues<Types>> {
      /** Whether its values are the kinds of CRM, in place of `values`. */
      isOfCrms?: boolean;
    }

    interface EnumValueConfig<Types extends SchemaTypes> {
      /** What a CRM has to have to take or to give this value. */
      availability?: Availability;
    }

    interface InputFieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      Type extends InputType<Types> | [InputType<Types>] = InputType<Types> | [InputType<Types>],
      Req extends FieldRequiredness<Type> = FieldRequiredness<Type>,
    > {
      /** What a CRM has to have to take this member. */
      availability?: Availability;
    }

    interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /** What a CRM has to have for this field to have a value. */
      availability?: Availability;
    }
  }
}
