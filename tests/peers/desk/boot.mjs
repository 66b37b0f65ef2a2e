// The order in which the vendor's desktop starts (spec: core-and-voice#7.2), and what it reads on the way.

import { exchange } from '../lib/http.mjs';
import { expect, isObject, isStrings, isText, same } from '../lib/expect.mjs';
import { envelope } from '../lib/rest.mjs';

export const title = 'boot order';

export async function run({ check, url, desk }) {
  await check('GET /me without credentials is 403 with statusCode 20 and no login box', async () => {
    const answer = await exchange(`${url}/api/v2/me?subresources=features,devices,channels`);
    same([answer.status, envelope(answer, 'GET /me')], [403, { statusCode: 20, statusMessage: 'Access denied' }], 'no credentials');
    expect(!('www-authenticate' in answer.headers), 'no WWW-Authenticate', answer.headers);
  });

  await check('GET /me with Basic answers user, features, devices, channels and a session cookie', async () => {
    const { user } = await desk.get('/me?subresources=features,devices,channels');
    expect(isText(user.id) && isStrings(user.roles) && isText(user.contactCenterId), 'id, roles, contactCenterId', user);
    same([user.userName, user.enabled], [desk.agent.name, true], 'userName and enabled');
    expect(isText(user.uri) && user.uri.endsWith(user.path) && user.path === `/users/${user.id}`, 'uri and path', user);
    expect(Array.isArray(user.features) && user.features.some(({ id }) => id === 'api-multimedia'), 'features has api-multimedia', user.features);
    expect(user.features.every((feature) => isText(feature.id) && isText(feature.displayName) && isText(feature.uri)), 'a feature has id, displayName and uri', user.features);
    expect(Array.isArray(user.devices) && user.devices.length > 0, 'devices has a device', user.devices);
    expect(/JSESSIONID=/.test(desk.cookie), 'the cookie JSESSIONID is set', desk.cookie);
  });

  await check('GET /me?subresources=* has settings, skills with text levels, channels twice', async () => {
    const user = await desk.me();
    const sections = Object.values(user.settings);
    expect(sections.length > 0 && sections.every(isObject), 'settings is a map of sections to maps', user.settings);
    expect(Array.isArray(user.skills) && user.skills.length > 0 && user.skills.every(({ level }) => typeof level === 'string'), 'skills[].level is a text', user.skills);
    expect(Array.isArray(user.channels), 'channels is an array', user.channels);
    same(user.channelStates, user.channels, 'channelStates repeats channels');
    for (const name of ['calls', 'chats', 'devices']) expect(Array.isArray(user[name]), `${name} is an array`, user[name]);
  });

  await check('GET /internal-api/me/settings?fields=* has agent states and settings', async () => {
    const { resources } = await internal(url, desk, '/internal-api/me/settings?fields=*');
    expect(Array.isArray(resources?.agentStates) && resources.agentStates.length > 0, 'agentStates', resources);
    for (const state of resources.agentStates) expect(isText(state.operationName) && isText(state.displayName) && isText(state.state), 'an agent state', state);
    expect(Array.isArray(resources.user?.settings), 'user.settings is an array', resources.user);
  });

  await check('GET /services?fields=* has services', async () => {
    const { services } = await desk.get('/services?fields=*');
    expect(Array.isArray(services) && services.every(({ name, type, state }) => isText(name) && isText(type) && isText(state)), 'name, type, state', services);
  });

  await check('GET /me/groups?type=BusinessUnit&fields=* has an array of groups', async () => {
    expect(Array.isArray((await desk.get('/me/groups?type=BusinessUnit&fields=*')).groups), 'groups');
  });

  await check('GET /internal-api/contact-center?subresources=businessAttributes has the attributes', async () => {
    const { resources } = await internal(url, desk, '/internal-api/contact-center?subresources=businessAttributes');
    expect(Array.isArray(resources?.businessAttributes), 'businessAttributes', resources);
  });

  await check('GET /groups?type=dispositions&fields=* has the disposition groups, one of them the default', async () => {
    const { groups } = await desk.get('/groups?type=dispositions&fields=*');
    expect(Array.isArray(groups) && groups.length > 0, 'groups', groups);
    for (const group of groups) expect(isText(group.id) && isText(group.name) && group.type === 'dispositions' && isText(group.uri), 'a group', group);
    expect(groups.some(({ name }) => name === 'DispositionCode'), 'the group DispositionCode', groups);
  });

  const device = await check('GET /me/devices?fields=* has a device that is logged out as Offline', async () => {
    const { devices } = await desk.get('/me/devices?fields=*');
    const [first] = devices;
    expect(isText(first.id) && isText(first.phoneNumber) && isText(first.deviceState) && isStrings(first.capabilities), 'a device', first);
    same([first.userState.state, first.userState.displayName], ['LoggedOut', 'Offline'], 'logged out');
    return first;
  });

  await check('GET /me/devices/{id}/settings/tserver is an array of settings', async () => {
    const answer = await desk.get(`/me/devices/${device.id}/settings/tserver`);
    expect(Array.isArray(answer.settings) && answer.key === 'name', 'settings and key', answer);
  });

  await check('POST /me StartContactCenterSession, all or part, and NotReady on chat at once after it', async () => {
    const started = await desk.ask('POST', '/me', { operationName: 'StartContactCenterSession', channels: ['voice', 'chat'] });
    expect(started.status === 200 && [0, 7].includes(started.json.statusCode), 'started', [started.status, started.json]);
    if (started.json.statusCode === 7) partial(started.json);
    await desk.operate('/me/channels/chat', 'NotReady');
  });

  await check('StartContactCenterSession again is harmless', async () => {
    const again = await desk.ask('POST', '/me', { operationName: 'StartContactCenterSession', channels: ['chat'] });
    expect(again.status === 200 && [0, 7].includes(again.json.statusCode), 'started again', [again.status, again.json]);
  });

  await check('GET /contacts/{userId}?type=User has the contact', async () => {
    const { user } = await desk.get('/me');
    const { contact } = await desk.get(`/contacts/${user.id}?type=User`);
    expect(contact.id === user.id && Array.isArray(contact.phoneNumbers), 'contact', contact);
  });

  await check('POST /internal-api/operations SendUserEvent is accepted, or says that the device is not registered', async () => {
    const answer = await exchange(`${url}/internal-api/operations`, {
      method: 'POST', jar: desk.jar, body: { operationName: 'SendUserEvent', deviceId: device.id, userData: { Peer: 'desk' } },
    });
    refusedPolitely(answer, 'SendUserEvent');
  });

  await check('POST /me/channels/voice NotReady is accepted, or fails as 500 with statusCode 4', async () => {
    refusedPolitely(await desk.ask('POST', '/me/channels/voice', { operationName: 'NotReady' }), 'NotReady');
  });

  await check('GET /diagnostics/version has a version', async () => {
    expect(isText((await desk.get('/diagnostics/version')).version), 'version');
  });

  await check('GET /workbins?fields=* is an array, with workbinIds an object keyed by id', async () => {
    expect(Array.isArray((await desk.get('/workbins?fields=*')).workbins), 'workbins is an array');
    expect(isObject((await desk.get('/workbins?workbinIds=a,b&subresources=*')).workbins), 'workbins is an object');
  });

  await check('GET /me/?subresources=… with a slash before the query', async () => {
    const { user } = await desk.get('/me/?subresources=devices,calls,channels,interactions,chats');
    for (const name of ['devices', 'calls', 'channels', 'chats']) expect(Array.isArray(user[name]), name, user[name]);
  });

  await check('GET /contacts finds colleagues', async () => {
    const { contacts } = await desk.get('/contacts?type=User&includeUsersInBusinessUnits=false&roles=ROLE_AGENT&limit=100&filterName=NamesOrPhoneNumberMatches&filterParameters=*&sortBy=name&order=Ascending');
    expect(Array.isArray(contacts) && contacts.length >= 2, 'contacts', contacts);
  });
}

async function internal(url, desk, path) {
  const answer = await exchange(url + path, { jar: desk.jar });
  expect(envelope(answer, path).statusCode === 0 && answer.status === 200, `${path} is 200 and 0`, [answer.status, answer.text]);
  return answer.json;
}

function partial({ failed, succeeded }) {
  expect(Array.isArray(failed) && failed.every((part) => Number.isInteger(part.statusCode) && isText(part.statusMessage) && isText(part.channel)), 'failed parts', failed);
  expect(Array.isArray(succeeded) && succeeded.some(({ channel, statusCode }) => channel === 'chat' && statusCode === 0), 'succeeded parts', succeeded);
}

/** Accepted, or the one failure that desktops know from agents without a registered phone. */
function refusedPolitely(answer, words) {
  envelope(answer, words);
  if (answer.status === 200) return same(answer.json.statusCode, 0, words);
  same([answer.status, answer.json.statusCode], [500, 4], `${words} when the phone is away`);
  return expect(isText(answer.json.statusMessage), `${words} has a statusMessage`, answer.json);
}
