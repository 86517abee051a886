import { Modal } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '@/hooks/services';
import { DeviceSettings } from '@/ui/DeviceSettings';
import { changeCallView } from './callView';

export function DevicesDialog() {
  const { t } = useTranslation();
  const { local } = useServices();
  useEffect(() => void local.listDevices(), [local]);
  return (
    <Modal
      opened
      onClose={() => changeCallView({ dialog: null })}
      title={t('more.devices')}
      closeButtonProps={{ 'aria-label': t('common.close'), size: 44 }}
      data-testid="devices-dialog"
    >
      <DeviceSettings />
    </Modal>
  );
}
