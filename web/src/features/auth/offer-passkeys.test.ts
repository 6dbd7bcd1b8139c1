import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { answer, http } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import { beginSession } from '@/app/session'
import { canOfferPasskeys, forgetPasskey, showPasskey } from './passkeys'
import { offerPasskeys, signInWithPasskey } from './sign-in'

vi.mock('@/api/client', () => ({ answer: vi.fn(), http: { POST: vi.fn() } }))
vi.mock('@/app/session', () => ({ beginSession: vi.fn() }))
vi.mock('./remembered-accounts', () => ({ rememberAccount: vi.fn() }))
vi.mock('./passkeys', async (original) => ({
  ...(await original<typeof import('./passkeys')>()),
  canOfferPasskeys: vi.fn(),
  forgetPasskey: vi.fn(),
  showPasskey: vi.fn(),
}))

const user = { id: '1' }
const key = { id: 'key' }
const refusal = new ApiProblem({ title: 'No', status: 401, code: 'passkey_refused' })

/** What the server is asked, and answers: challenges one after the other, then somebody. */
function server(entered: () => Promise<object> = async () => ({ user })): void {
  let challenges = 0
  vi.mocked(http.POST).mockImplementation(((...call: unknown[]) => call) as never)
  vi.mocked(answer).mockImplementation(async (call) => {
    const [path] = call as unknown as [string]
    if (path === '/auth/passkey') return entered()
    challenges += 1
    return { options: { challenge: challenges }, state: `state ${challenges}` }
  })
}

/** The times after which a challenge is too old, to be let pass. */
let late: AbortController[]

beforeEach(() => {
  late = []
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    late.push(new AbortController())
    return (late.at(-1) as AbortController).signal
  })
  vi.mocked(canOfferPasskeys).mockResolvedValue(true)
  server()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.resetAllMocks()
})

/** Waits until the browser is told to stop. */
function nobodyChooses(_: object, signal: AbortSignal): Promise<never> {
  return new Promise((_, refuse) => {
    signal.addEventListener('abort', () => refuse(signal.reason))
  })
}

it('the passkey that is chosen signs in', async () => {
  vi.mocked(showPasskey).mockResolvedValue(key as never)
  await offerPasskeys(new AbortController().signal)
  expect(showPasskey).toHaveBeenCalledWith({ challenge: 1 }, expect.any(AbortSignal), true)
  expect(http.POST).toHaveBeenLastCalledWith('/auth/passkey', { body: { state: 'state 1', credential: key } })
  expect(beginSession).toHaveBeenCalledWith(user)
})

it('a challenge that grows too old gives way to a new one', async () => {
  vi.mocked(showPasskey)
    .mockImplementationOnce(nobodyChooses)
    .mockResolvedValueOnce(key as never)
  const offered = offerPasskeys(new AbortController().signal)
  await vi.waitFor(() => expect(showPasskey).toHaveBeenCalledTimes(1))
  late[0]?.abort()
  await offered
  expect(http.POST).toHaveBeenLastCalledWith('/auth/passkey', { body: { state: 'state 2', credential: key } })
})

it('with another way, and where nobody chooses any, it ends, and says nothing', async () => {
  const controller = new AbortController()
  vi.mocked(showPasskey).mockImplementation(nobodyChooses)
  const offered = offerPasskeys(controller.signal)
  await vi.waitFor(() => expect(showPasskey).toHaveBeenCalledTimes(1))
  controller.abort()
  await offered
  vi.mocked(showPasskey).mockRejectedValue(
    new ApiProblem({ title: 'No', status: 0, code: 'passkey_given_up' }),
  )
  await offerPasskeys(new AbortController().signal)
  expect(showPasskey).toHaveBeenCalledTimes(2)
  expect(beginSession).not.toHaveBeenCalled()
})

it('nothing is asked where the browser cannot offer any, and nothing is said where the server gives no challenge', async () => {
  vi.mocked(canOfferPasskeys).mockResolvedValue(false)
  await offerPasskeys(new AbortController().signal)
  expect(answer).not.toHaveBeenCalled()
  vi.mocked(canOfferPasskeys).mockResolvedValue(true)
  vi.mocked(answer).mockRejectedValue(refusal)
  await offerPasskeys(new AbortController().signal)
  expect(showPasskey).not.toHaveBeenCalled()
})

it('that the chosen one opens nothing is said', async () => {
  server(() => Promise.reject(refusal))
  vi.mocked(showPasskey).mockResolvedValue(key as never)
  await expect(offerPasskeys(new AbortController().signal)).rejects.toBe(refusal)
  // Its owner has it still, and it may open the account another time.
  expect(forgetPasskey).not.toHaveBeenCalled()
})

it('the browser forgets the chosen one when nobody has it', async () => {
  const unknown = new ApiProblem({ title: 'No', status: 401, code: 'passkey_unknown' })
  server(() => Promise.reject(unknown))
  vi.mocked(showPasskey).mockResolvedValue(key as never)
  await expect(offerPasskeys(new AbortController().signal)).rejects.toBe(unknown)
  await expect(signInWithPasskey(new AbortController().signal)).rejects.toBe(unknown)
  expect(vi.mocked(forgetPasskey).mock.calls).toEqual([['key'], ['key']])
})
