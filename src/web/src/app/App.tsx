import { MantineProvider } from '@mantine/core';
import { Route, Switch } from 'wouter';
import { StageOrder } from '@/core/layout/StageOrder';
import { LocalMedia } from '@/core/media/LocalMedia';
import { MeetingSession } from '@/core/meeting/MeetingSession';
import { SignallingConnection } from '@/core/signalling/SignallingConnection';
import { HomePage } from '@/features/home/HomePage';
import { NotFoundPage } from '@/features/home/NotFoundPage';
import { MeetingPage } from '@/features/meeting/MeetingPage';
import { ServicesContext, type Services } from '@/hooks/services';
import { Toasts } from '@/ui/Toasts';
import { theme } from './theme';

function createServices(): Services {
  const signalling = new SignallingConnection();
  const local = new LocalMedia();
  const session = new MeetingSession(signalling, local);
  return { signalling, local, session, stage: new StageOrder(session.store) };
}

// Once for the page, whatever React does with its components.
const services = createServices();

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ServicesContext value={services}>
        <Switch>
          <Route path="/" component={HomePage} />
          <Route path="/m/:code">{({ code }) => <MeetingPage key={code} code={code} />}</Route>
          <Route component={NotFoundPage} />
        </Switch>
        <Toasts />
      </ServicesContext>
    </MantineProvider>
  );
}
