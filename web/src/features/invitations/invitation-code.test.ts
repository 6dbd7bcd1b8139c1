import { expect, test } from 'vitest'
import { codeIn } from './invitation-code'

test('a code is found in a link, and alone', () => {
  for (const text of [
    'q3ZkT8vLw0Ra',
    ' q3ZkT8vLw0Ra\n',
    'https://beep.example/invite/q3ZkT8vLw0Ra',
    'beep.example/invite/q3ZkT8vLw0Ra/',
    'http://localhost:8080/invite/q3ZkT8vLw0Ra?from=mail#top',
  ]) {
    expect(codeIn(text)).toBe('q3ZkT8vLw0Ra')
  }
})

test('anything else has none', () => {
  for (const text of ['', 'hello', 'https://beep.example/invite/', 'q3ZkT8vLw0R', 'q3ZkT8vLw0R_']) {
    expect(codeIn(text)).toBeNull()
  }
})
