import { useLingui } from '@lingui/react/macro'
import { Component, type ReactNode } from 'react'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import styles from './Splash.module.css'

interface MishapBoundaryProps {
  children: ReactNode
}

/** Shows a way on instead of an empty page when a part could not be fetched or drawn. */
export class MishapBoundary extends Component<MishapBoundaryProps, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? <Mishap /> : this.props.children
  }
}

function Mishap() {
  const { t } = useLingui()
  return (
    <main className={styles.splash} role="alert">
      <EmptyState
        level={1}
        title={t`Something went wrong`}
        actions={
          <Button look="primary" onPress={() => location.reload()}>
            {t`Load Beep again`}
          </Button>
        }
      >
        {t`What you sent is safe. Perhaps there is a new version of Beep.`}
      </EmptyState>
    </main>
  )
}
