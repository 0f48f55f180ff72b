using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Audiences;

/// <summary>The part of <see cref="AudienceRules"/> for experiments.</summary>
internal static class ExperimentRules
{
    /// <summary>
    /// An audience has one experiment at a time, or it would be open which of them held somebody out. Whether one has ended by itself needs
    /// a clock, so the next one names a start behind its end.
    /// </summary>
    public static AudienceDecision Declare(Audience audience, DeclareExperiment declare)
    {
        var terms = declare.Terms;
        if (!terms.IsValid)
        {
            return AudienceDecision.Refuse(AudienceRefusal.ExperimentInvalid);
        }

        if (audience.Experiments.TryGetValue(terms.Name, out var known))
        {
            return known.Terms == terms
                ? AudienceDecision.Nothing
                : AudienceDecision.Refuse(AudienceRefusal.ExperimentChanged(audience.Name, terms.Name));
        }

        var other = audience.Experiments.Values.FirstOrDefault(one => !one.Ended && !terms.IsApartFrom(one.Terms));
        return other is not null
            ? AudienceDecision.Refuse(AudienceRefusal.ExperimentOverlaps(audience.Name, other.Terms.Name))
            : AudienceDecision.Accept(new AudienceExperimentDeclared(audience.Name, terms, declare.By, declare.Why));
    }

    public static AudienceDecision End(Audience audience, EndExperiment end) =>
        !audience.Experiments.TryGetValue(end.Experiment, out var known)
            ? AudienceDecision.Refuse(AudienceRefusal.ExperimentUnknown(audience.Name))
        : known.Ended ? AudienceDecision.Nothing
        : AudienceDecision.Accept(new AudienceExperimentEnded(audience.Name, end.Experiment, end.By, end.Why));
}
