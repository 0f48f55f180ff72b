using System.Globalization;
using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Doctor;

/// <summary>The rule about experiments.</summary>
internal static class ExperimentFindingRules
{
    public static IEnumerable<Finding> Of(DoctorExperiment experiment) =>
        SampleRatio.Of(experiment.Treatment, experiment.Holdout, experiment.HoldoutShare) is { IsMismatch: true } ratio
        && experiment.Treatment + experiment.Holdout >= KeyRules.LeastSample
            ?
            [
                new Finding(
                    FindingKinds.SampleRatioMismatch,
                    experiment.Key,
                    [
                        new("experiment", experiment.Name),
                        new("treatment", experiment.Treatment),
                        new("holdout", experiment.Holdout),
                        new("share", Percent(experiment.HoldoutShare)),
                        new("chi_square", ratio.ChiSquare.ToString("0.0", CultureInfo.InvariantCulture)),
                    ]
                ),
            ]
            : [];

    private static string Percent(int share) => string.Create(CultureInfo.InvariantCulture, $"{share / 100m:0.##} %");
}
