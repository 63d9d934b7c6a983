import { Callback, type CallbackDefinition, type TrainingControl } from '@trainyard/engine';

/** Sets the learning rate at the beginning of each epoch: the schedule's entry for it, the last one from then on. */
class LearningRateScheduler extends Callback {
  constructor(private readonly schedule: readonly number[]) {
    super();
  }

  override onEpochBegin(epoch: number, control: TrainingControl): void {
    const rate = this.schedule[Math.min(epoch, this.schedule.length - 1)];
    if (rate !== undefined) control.lr = rate;
  }
}

export const learningRateScheduler: CallbackDefinition = {
  className: 'LearningRateScheduler',
  arguments: ['schedule'],
  create: (config) => {
    const schedule = config.raw('schedule');
    if (!Array.isArray(schedule) || schedule.length === 0 || !schedule.every((rate) => typeof rate === 'number' && rate >= 0))
      throw config.refuse('schedule', 'a list of learning rates, one for each epoch');
    return new LearningRateScheduler(schedule as number[]);
  },
};
