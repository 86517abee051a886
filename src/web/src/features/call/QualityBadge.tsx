import { Popover, UnstyledButton } from '@mantine/core';
import {
  IconAntennaBars2,
  IconAntennaBars3,
  IconAntennaBars5,
  IconAntennaBarsOff,
  IconLoader,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MeetingState } from '@/core/meeting/meetingStore';
import { useMeeting } from '@/hooks/services';
import classes from './QualityBadge.module.css';

type Quality = 'good' | 'fair' | 'poor' | 'connecting' | 'lost';

const icons = {
  good: IconAntennaBars5,
  fair: IconAntennaBars3,
  poor: IconAntennaBars2,
  connecting: IconLoader,
  lost: IconAntennaBarsOff,
};

function qualityOf({ media, quality }: MeetingState): Quality {
  if (media === 'connecting') return 'connecting';
  if (media !== 'connected') return 'lost';
  return quality?.level ?? 'good';
}

/** This person's own connection, in a sign and in words; details for whoever asks. */
export function QualityBadge() {
  const { t, i18n } = useTranslation();
  const level = useMeeting(qualityOf);
  const quality = useMeeting((state) => state.quality);
  const Icon = icons[level];
  const number = (value: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(value);
  return (
    <Popover position="bottom-end" shadow="md" width={320}>
      <Popover.Target>
        <UnstyledButton
          className={classes.badge}
          data-level={level}
          aria-label={`${t('quality.label')}: ${t(`quality.${level}.name`)}`}
          data-testid="quality"
        >
          <Icon size={22} aria-hidden />
          <span className={classes.words}>{t('quality.badge', { level: t(`quality.${level}.name`) })}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <p className={classes.name}>{`${t('quality.label')}: ${t(`quality.${level}.name`)}`}</p>
        <p>{t(`quality.${level}.advice`)}</p>
        {quality ? (
          <dl className={classes.details}>
            <dt>{t('quality.roundTrip')}</dt>
            <dd>
              {quality.roundTripMs > 0
                ? t('quality.milliseconds', { value: number(Math.round(quality.roundTripMs)) })
                : '—'}
            </dd>
            <dt>{t('quality.lossUp')}</dt>
            <dd>{t('quality.percent', { value: number(quality.uplinkLossPercent) })}</dd>
            <dt>{t('quality.lossDown')}</dt>
            <dd>{t('quality.percent', { value: number(quality.downlinkLossPercent) })}</dd>
          </dl>
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
