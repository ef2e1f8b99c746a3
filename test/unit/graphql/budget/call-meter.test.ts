import { expect, test } from 'vitest';
import { RequestMeter } from '../../../../src/graphql/budget/call-meter.ts';

test('the calls of a request are counted by source, and refused over their budget', () => {
  const meter = new RequestMeter(2, 1_000);
  meter.count('kommo');
  meter.count('callgear');

  expect(() => meter.count('kommo')).toThrow(expect.objectContaining({ code: 'COST_EXCEEDED', source: 'kommo' }));
  expect([meter.total, meter.bySource]).toEqual([2, { kommo: 1, callgear: 1 }]);
});

test('the parts of a reply beyond the byte cap may go over as that reply might have: 16 MiB more, once for a request', () => {
  const meter = new RequestMeter(100, 1_000);
  meter.noteTooLarge();
  for (let part = 0; part < 16; part += 1) {
    meter.count('onlyoffice');
    meter.countReply('onlyoffice', 1_048_576);
  }
  meter.noteTooLarge();
  meter.countReply('onlyoffice', 1_048_576);
  expect(() => meter.countReply('onlyoffice', 1)).toThrow(expect.objectContaining({ code: 'COST_EXCEEDED' }));
});

test('what a request reads of replies is bounded: one that goes over is read, and no other, nor asked for', () => {
  const meter = new RequestMeter(100, 1_000);
  meter.count('kommo');
  meter.countReply('kommo', 999);
  meter.countReply('kommo', 5_000);

  expect(() => meter.countReply('callgear', 1)).toThrow(expect.objectContaining({ code: 'COST_EXCEEDED', source: 'callgear' }));
  expect(() => meter.count('callgear')).toThrow(expect.objectContaining({ message: expect.stringContaining('1000 characters') }));
  expect(meter.total).toBe(1);
});
