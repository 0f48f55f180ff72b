using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Permission;

/// <summary>Who may be targeted, for every possible combination of restrictions.</summary>
public sealed class TargetingRestrictionsTests
{
    private static readonly TargetingRestrictions[] Combinations =
    [
        .. Enumerable.Range(0, 256).Select(bits => (TargetingRestrictions)bits),
    ];

    [Fact]
    public void Without_a_no_everyone_can_be_targeted_if_no_consent_is_required_and_otherwise_after_two_yes_answers()
    {
        foreach (var restrictions in Combinations)
        {
            var refused =
                restrictions.HasFlag(TargetingRestrictions.Suppressed)
                || restrictions.HasFlag(TargetingRestrictions.UserDataDenied)
                || restrictions.HasFlag(TargetingRestrictions.PersonalizationDenied)
                || restrictions.HasFlag(TargetingRestrictions.Erasing);
            var granted =
                restrictions.HasFlag(TargetingRestrictions.UserDataGranted)
                && restrictions.HasFlag(TargetingRestrictions.PersonalizationGranted);
            restrictions.AllowTargeting(consentRequired: false).ShouldBe(!refused, restrictions.ToString());
            restrictions.AllowTargeting(consentRequired: true).ShouldBe(!refused && granted, restrictions.ToString());
        }
    }

    [Fact]
    public void One_yes_of_two_is_not_consent()
    {
        TargetingRestrictions.UserDataGranted.AllowTargeting(consentRequired: true).ShouldBeFalse();
        TargetingRestrictions.PersonalizationGranted.AllowTargeting(consentRequired: true).ShouldBeFalse();
        (TargetingRestrictions.UserDataGranted | TargetingRestrictions.PersonalizationGranted)
            .AllowTargeting(consentRequired: true)
            .ShouldBeTrue();
    }

    [Fact]
    public void Only_present_members_are_limited_and_a_restriction_everywhere_precedes_one_at_a_destination()
    {
        foreach (var restrictions in Combinations)
        {
            foreach (var status in Enum.GetValues<MembershipStatus>().Where(status => status != MembershipStatus.Present))
            {
                restrictions.ApplyTo(status, ConsentPolicy.Required).ShouldBe(status);
            }

            foreach (var policy in Enum.GetValues<ConsentPolicy>())
            {
                var expected =
                    !restrictions.AllowTargeting(policy == ConsentPolicy.Required) ? MembershipStatus.Withheld
                    : restrictions.HasFlag(TargetingRestrictions.SuppressedSomewhere) ? MembershipStatus.Limited
                    : MembershipStatus.Present;
                restrictions.ApplyTo(MembershipStatus.Present, policy).ShouldBe(expected, $"{restrictions}, {policy}");
            }
        }
    }

    [Theory]
    [InlineData(TargetingRestrictions.None, "")]
    [InlineData(TargetingRestrictions.Suppressed, "suppressed")]
    [InlineData(TargetingRestrictions.SuppressedSomewhere, "suppressed_at_destination")]
    [InlineData(
        TargetingRestrictions.UserDataDenied | TargetingRestrictions.PersonalizationDenied,
        "ad_user_data_denied ad_personalization_denied"
    )]
    [InlineData(TargetingRestrictions.Erasing | TargetingRestrictions.EverRefused, "erasure")]
    [InlineData(TargetingRestrictions.UserDataGranted | TargetingRestrictions.PersonalizationGranted, "")]
    public void Each_restriction_has_its_label_and_a_yes_has_none(TargetingRestrictions restrictions, string labels) =>
        string.Join(' ', restrictions.Labels()).ShouldBe(labels);
}
