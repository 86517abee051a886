import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconLayoutGrid, IconUserSquare } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '@/hooks/services';
import { CopyLink } from '@/ui/CopyLink';
import classes from './CallHeader.module.css';
import { changeCallView, useCallView, type StageView } from './callView';
import { QualityBadge } from './QualityBadge';

export function CallHeader() {
  const { t } = useTranslation();
  const meeting = useMeeting((state) => state.meeting);
  return (
    <header className={classes.header}>
      <div className={classes.meeting}>
        <span className={classes.title}>{meeting?.title || t('call.title')}</span>
        <span className={classes.code}>{meeting?.code}</span>
      </div>
      <div className={classes.tools}>
        <QualityBadge />
        <ViewSwitch />
        <CopyLink code={meeting?.code ?? ''} className={classes.copy} />
      </div>
    </header>
  );
}

const icons = { gallery: IconLayoutGrid, speaker: IconUserSquare };
const views: StageView[] = ['gallery', 'speaker'];

function ViewSwitch() {
  const { t } = useTranslation();
  const view = useCallView((state) => state.view);
  const Icon = icons[view];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton
          className={classes.tool}
          aria-label={`${t('view.label')}: ${t(`view.${view}`)}`}
          data-testid="call-view"
        >
          <Icon size={22} aria-hidden />
          <span className={classes.words}>{t(`view.${view}`)}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {views.map((choice) => (
          <Menu.Item
            key={choice}
            className={classes.item}
            rightSection={choice === view ? <IconCheck size={18} aria-hidden /> : null}
            aria-current={choice === view}
            onClick={() => changeCallView({ view: choice, pinned: null })}
            data-testid={`view-${choice}`}
          >
            {t(`view.${choice}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
