using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Experiments;

/// <summary>The arm of a person in an experiment.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Since">When the experiment started.</param>
public readonly record struct ArmAssignment(string Experiment, ExposureArm Arm, DateTimeOffset Since);

/// <summary>Which experiment ran when on which audience: what the exposure log needs to know who was in which arm at a past time.</summary>
public sealed class ExperimentCalendar
{
    public static readonly ExperimentCalendar None = new([]);

    private readonly ILookup<string, ExperimentPeriod> _byAudience;

    /// <param name="periods">The experiments. One that ends before it starts never runs.</param>
    public ExperimentCalendar(IEnumerable<ExperimentPeriod> periods) =>
        _byAudience = periods
            .Where(period => !(period.EndsAt <= period.StartsAt))
            .OrderBy(period => period.StartsAt)
            .ToLookup(period => period.Audience, StringComparer.Ordinal);

    /// <summary>Whether there was ever an experiment.</summary>
    public bool IsEmpty => _byAudience.Count == 0;

    /// <summary>The arm of a person at a time; null while no experiment runs.</summary>
    /// <param name="key">A version of the audience.</param>
    /// <param name="oldest">The oldest anchor of the person.</param>
    /// <param name="at">When.</param>
    public ArmAssignment? ArmAt(PublishedKey key, PersonId oldest, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(key);
        foreach (var period in _byAudience[key.Key.Audience])
        {
            if (period.IsRunningAt(at))
            {
                return new ArmAssignment(period.Holdout.Experiment, ArmRule.ArmOf(period.Holdout, oldest), period.StartsAt);
            }
        }

        return null;
    }

    /// <summary>
    /// When the experiment of a spell changes next: it ends, or, for a spell in no experiment, the next one starts. Null for not.
    /// </summary>
    public DateTimeOffset? ChangeOf(PublishedKey key, ExposureSpell spell)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(spell);
        foreach (var period in _byAudience[key.Key.Audience])
        {
            if (spell.Experiment is { } name ? period.Holdout.Experiment == name : period.StartsAt > spell.OpenedAt)
            {
                return spell.Experiment is null ? period.StartsAt : period.EndsAt;
            }
        }

        return null;
    }

    /// <summary>A spell as it was at a time: in no experiment while its experiment had not started.</summary>
    public ExposureSpell AsOf(PublishedKey key, ExposureSpell spell, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(spell);
        return
            spell.Experiment is { } name
            && _byAudience[key.Key.Audience].Any(period => period.Holdout.Experiment == name && period.StartsAt > at)
            ? spell with
            {
                Arm = ExposureArm.None,
                Experiment = null,
            }
            : spell;
    }

    /// <summary>The starts and ends that had passed at a time, each with the experiment.</summary>
    public IEnumerable<(ExperimentPeriod Period, bool IsStart)> PassedAt(DateTimeOffset at) =>
        _byAudience
            .SelectMany(periods => periods)
            .SelectMany(period => new[] { (Period: period, IsStart: true), (Period: period, IsStart: false) })
            .Where(change => (change.IsStart ? change.Period.StartsAt : change.Period.EndsAt) <= at);
}
