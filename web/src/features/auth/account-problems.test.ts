import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problem'
import { accountProblem } from './account-problems'

describe('a refusal about an account', () => {
  it.each([
    ['wrong_password', 'current_password'],
    ['wrong_code', 'code'],
    ['second_factor_wrong', 'code'],
    ['email_taken', 'email'],
  ])('%s stands at the field %s', (code, field) => {
    const problem = accountProblem(new ApiProblem({ title: 'No', status: 403, code }, 7))
    expect(problem.fieldCode(field)).toBe(code)
    expect(problem).toMatchObject({ status: 403, code, retryAfter: 7 })
  })

  it('keeps the fields that the server names', () => {
    const errors = [{ field: 'email', code: 'taken', detail: 'Taken.' }]
    const problem = accountProblem(new ApiProblem({ title: 'No', status: 409, code: 'email_taken', errors }))
    expect(problem.fields).toEqual(errors)
  })

  it('without a field stays as it is, and what is no refusal got no answer', () => {
    expect(
      accountProblem(new ApiProblem({ title: 'No', status: 429, code: 'too_many_attempts' })).fields,
    ).toEqual([])
    expect(accountProblem(new TypeError()).code).toBe('network')
  })
})
