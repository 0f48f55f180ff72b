namespace AudienceSync.Domain.Doctor;

/// <summary>The rules about remote audiences.</summary>
internal static class BindingRules
{
    public static IEnumerable<Finding> Of(DoctorBinding binding, DoctorReadings readings) =>
        new[] { TooSmall(binding, readings.At), Consent(binding, SampleOf(binding, readings)), BodyLost(binding) }.OfType<Finding>();

    private static MemberSample? SampleOf(DoctorBinding binding, DoctorReadings readings) =>
        readings.Keys.FirstOrDefault(key => key.Key == binding.Key)?.Sample;

    private static Finding? TooSmall(DoctorBinding binding, DateTimeOffset at) =>
        binding is { LeastMembers: { } least, FirstCallAt: { } first } && binding.Delivered < least && at - first >= DoctorRules.Growth
            ? new Finding(
                FindingKinds.AudienceTooSmall,
                binding.Subject,
                [new("delivered", binding.Delivered), new("minimum", least), new("since", DoctorRules.Day(first))]
            )
            : null;

    private static Finding? Consent(DoctorBinding binding, MemberSample? sample) =>
        sample is { Granted: 0 } && sample.People >= KeyRules.LeastSample
            ? new Finding(
                binding.ConsentRequired ? FindingKinds.ConsentNeverGranted : FindingKinds.ConsentNotStated,
                binding.Subject,
                [new("key", binding.Key), new("members_looked_at", sample.People), new("granted", 0)]
            )
            : null;

    // One such answer may have another cause; adds that are accepted and not one removal have none.
    private static Finding? BodyLost(DoctorBinding binding) =>
        binding is { RemovalsWithoutBody: > 0, AcceptedRemovals: 0, AcceptedAdds: > 0 }
            ? new Finding(
                FindingKinds.RemovalBodyLost,
                binding.Subject,
                [
                    new("accepted_adds", binding.AcceptedAdds),
                    new("accepted_removals", 0),
                    new("removals_without_body", binding.RemovalsWithoutBody),
                ]
            )
            : null;
}
