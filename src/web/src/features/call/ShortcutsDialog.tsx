import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { changeCallView } from './callView';
import classes from './ShortcutsDialog.module.css';

export function ShortcutsDialog() {
  const { t } = useTranslation();
  const rows: [string[], string][] = [
    [['M'], t('shortcuts.microphone')],
    [[t('shortcuts.space')], t('shortcuts.talk')],
    [['V'], t('shortcuts.camera')],
    [['S', 'E'], t('shortcuts.screen')],
    [['P'], t('shortcuts.people')],
    [['?'], t('shortcuts.help')],
  ];
  return (
    <Modal
      opened
      onClose={() => changeCallView({ dialog: null })}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('common.close'), size: 44 }}
      data-testid="shortcuts-dialog"
    >
      <p className="muted">{t('shortcuts.note')}</p>
      <dl className={classes.list}>
        {rows.map(([keys, what]) => (
          <div key={what} className={classes.row}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={classes.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
