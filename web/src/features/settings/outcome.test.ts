import { expect, test } from 'vitest'
import { outcomeIn, purposeIn, unlinking, unlinkingIn } from './outcome'

test('the page that one comes back to is told how it went, and believes nothing else', () => {
  expect(outcomeIn('?security=changed')).toBe('changed')
  expect(outcomeIn('?x=1&security=another_account')).toBe('another_account')
  expect(outcomeIn('?for=security&security=linked_elsewhere')).toBe('linked_elsewhere')
  for (const search of ['', '?security=', '?security=<b>', '?other=changed']) {
    expect(outcomeIn(search)).toBeNull()
  }
})

test('what somebody went there for is known when they come back, too', () => {
  expect(purposeIn('?for=deletion&security=confirmed')).toBe('deletion')
  expect(purposeIn('?security=confirmed')).toBeNull()
  expect(unlinkingIn(`?for=${unlinking('my-school')}&security=confirmed`)).toBe('my-school')
  for (const search of ['', '?for=security', '?for=unlink-']) expect(unlinkingIn(search)).toBeNull()
})
