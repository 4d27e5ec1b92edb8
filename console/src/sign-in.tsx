// Where the viewer gives an API key or a token.

import { useState } from 'preact/hooks'
import { ask, credentials, keepCredentials, type Problem } from './ask.ts'
import { ProblemNote } from './parts.tsx'
import { useSession } from './session.ts'
import { text } from './text.ts'

export function SignIn() {
  const { base, renew } = useSession()
  const [entered, setEntered] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const before = credentials()
    keepCredentials(entered.trim())
    const reply = await ask('GET', `${base}/`)
    if (reply.problem === undefined) return renew()
    keepCredentials(before ?? '')
    setProblem(reply.problem)
  }
  return (
    <form class="stack card" onSubmit={submit}>
      <h2>{text.signIn}</h2>
      <p class="muted">{text.credentialsNeeded}</p>
      <label for="credentials">{text.credentials}</label>
      <input
        id="credentials"
        type="password"
        autocomplete="off"
        value={entered}
        aria-describedby="credentials-help"
        onInput={({ currentTarget: { value } }) => setEntered(value)}
      />
      <p class="muted" id="credentials-help">
        {text.credentialsHelp}
      </p>
      <ProblemNote problem={problem} />
      <div>
        <button type="submit" class="primary">
          {text.signIn}
        </button>
      </div>
    </form>
  )
}
