// What the chat service refuses, and how it says so.

import { Customer, multipart } from '../lib/customer.mjs';
import { exchange } from '../lib/http.mjs';
import { expect, isObject, same } from '../lib/expect.mjs';

export const title = 'refusals';

export async function run({ check, url }) {
  const opened = [];
  const open = async (fields, encode) => {
    const customer = new Customer(url, 'customer-support', encode);
    await customer.request(fields);
    opened.push(customer);
    return customer;
  };

  await check('first and last name do for a nickname', async () => {
    const customer = await open({ firstName: 'Ines', lastName: 'Roy', subject: 'Names' });
    expect(/Ines/.test(customer.messages[0].from.nickname), 'the nickname holds the name', customer.messages);
  });

  const form = await check('a chat is requested as multipart/form-data', () => open({ nickname: 'Multi Part', subject: 'Form', 'userData[Ü]': 'ß' }, multipart));

  await check('without any name the answer is an error with errors', async () => {
    const { json } = await new Customer(url).post('', { subject: 'Nobody' });
    failed(json);
  });

  await check('an unknown service is 404', async () => {
    same((await new Customer(url, 'no-such-service').post('', { nickname: 'Lost' })).status, 404, 'HTTP status');
  });

  await check('a JSON body is 415', async () => {
    const answer = await exchange(`${url}/genesys/2/chat/customer-support`, { method: 'POST', body: { nickname: 'Json' } });
    same(answer.status, 415, 'HTTP status');
  });

  await check('a wrong secureKey is statusCode 2, with nothing of the transcript', async () => {
    const { status, json } = await form.post('refresh', { secureKey: 'wrong', transcriptPosition: 0 });
    same([status, json.statusCode], [200, 2], 'refused for good');
    expect(!json.messages?.length && json.secureKey !== form.secureKey, 'no messages, no key', json);
  });

  await check('a wrong userId is statusCode 2', async () => {
    same((await form.post('send', { userId: '0000000000000000', message: 'x' })).json.statusCode, 2, 'refused for good');
  });

  await check("another chat's key does not open this chat", async () => {
    const other = await open({ nickname: 'Other', subject: 'Key' });
    same((await form.post('refresh', { secureKey: other.secureKey })).json.statusCode, 2, 'refused for good');
  });

  await check('an unknown chat id is statusCode 2', async () => {
    const lost = Object.assign(new Customer(url), { chatId: '0000unknown00000', userId: 'x', secureKey: 'y', alias: '1' });
    const { json } = await lost.post('refresh');
    failed(json);
    same(json.statusCode, 2, 'refused for good');
  });

  await check('send without a message is an error', async () => {
    const customer = await open({ nickname: 'Quiet', subject: 'Nothing' });
    failed((await customer.post('send')).json);
  });

  await check('an answer to another origin may be read by the page', async () => {
    const answer = await new Customer(url).post('', { subject: 'Nobody' }, { Origin: 'https://shop.example' });
    const allowed = answer.headers['access-control-allow-origin'];
    expect(allowed === '*' || allowed === 'https://shop.example', 'Access-Control-Allow-Origin', answer.headers);
  });

  await check('a customer may leave before any agent came', async () => {
    for (const customer of opened) {
      const answer = await customer.post('disconnect');
      expect(isObject(answer.json), 'JSON', answer.text);
      const { json } = await customer.post('refresh');
      same(json.chatEnded, true, `chatEnded of ${customer.messages[0].from.nickname}`);
    }
  });
}

function failed(json) {
  expect(isObject(json) && [1, 2].includes(json.statusCode), 'statusCode 1 or 2', json);
  expect(Array.isArray(json.errors) && json.errors.length > 0 && json.errors.every(({ code }) => Number.isInteger(code)), 'errors with codes', json);
}
