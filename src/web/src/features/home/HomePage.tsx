import { Button, TextInput } from '@mantine/core';
import { IconKeyboard, IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { codeOf, type ProblemCode } from '@/core/errors';
import { codeIn, pathOf } from '@/core/meeting/invitation';
import { useServices } from '@/hooks/services';
import { useTitle } from '@/hooks/useTitle';
import { PageFrame } from '@/ui/PageFrame';
import { ProblemNotice } from '@/ui/ProblemNotice';
import classes from './HomePage.module.css';

const connectTimeoutMs = 8_000;

export function HomePage() {
  const { t } = useTranslation();
  const { signalling, session } = useServices();
  const [, navigate] = useLocation();
  const [creating, setCreating] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  useTitle(null);
  // Connected before it is needed: "New meeting" answers at once.
  useEffect(() => signalling.start(), [signalling]);

  const create = async () => {
    setCreating(true);
    setProblem(null);
    try {
      await signalling.connected(connectTimeoutMs);
      const meeting = await signalling.call('CreateMeeting', { title: null });
      session.reset();
      navigate(pathOf(meeting.code));
    } catch (error) {
      setProblem(codeOf(error));
      setCreating(false);
    }
  };

  return (
    <PageFrame>
      <div className={classes.home}>
        <section className={classes.words}>
          <h1 className={classes.title}>{t('home.title')}</h1>
          <p className={classes.lead}>{t('home.lead')}</p>
          <div className={classes.start}>
            <Button
              size="lg"
              leftSection={<IconPlus size={22} aria-hidden />}
              onClick={() => void create()}
              disabled={creating}
              data-testid="home-new"
            >
              {creating ? t('home.creating') : t('home.new')}
            </Button>
            <p className="muted">{t('home.newHint')}</p>
          </div>
          {problem ? <ProblemNotice code={problem} testId="home-problem" /> : null}
        </section>
        <JoinCard />
      </div>
    </PageFrame>
  );
}

function JoinCard() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const join = () => {
    const code = codeIn(text);
    setWrong(code === null);
    if (code !== null) navigate(pathOf(code));
  };
  return (
    <form
      className={classes.card}
      onSubmit={(event) => {
        event.preventDefault();
        join();
      }}
    >
      <h2>{t('home.join')}</h2>
      <p className="muted">{t('home.joinHint')}</p>
      <TextInput
        label={t('home.code')}
        placeholder="abc-defg-hjk"
        leftSection={<IconKeyboard size={20} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
        error={wrong ? t('home.codeWrong') : null}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-testid="home-code"
      />
      <Button type="submit" variant="light" fullWidth data-testid="home-join">
        {t('home.continue')}
      </Button>
    </form>
  );
}
