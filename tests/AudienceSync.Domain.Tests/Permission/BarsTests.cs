using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Permission;

/// <summary>Who may be targeted, for every combination of bars there is.</summary>
public sealed class BarsTests
{
    private static readonly Bars[] Combinations = [.. Enumerable.Range(0, 256).Select(bits => (Bars)bits)];

    [Fact]
    public void Without_a_no_anybody_is_targeted_where_no_consent_is_required_and_elsewhere_after_two_yeses()
    {
        foreach (var bars in Combinations)
        {
            var refused = bars.HasFlag(Bars.Suppressed) || bars.HasFlag(Bars.UserDataDenied) || bars.HasFlag(Bars.PersonalizationDenied) || bars.HasFlag(Bars.Erasing);
            var granted = bars.HasFlag(Bars.UserDataGranted) && bars.HasFlag(Bars.PersonalizationGranted);
            bars.AllowTargeting(consentRequired: false).ShouldBe(!refused, bars.ToString());
            bars.AllowTargeting(consentRequired: true).ShouldBe(!refused && granted, bars.ToString());
        }
    }

    [Fact]
    public void One_yes_of_two_is_no_consent()
    {
        Bars.UserDataGranted.AllowTargeting(consentRequired: true).ShouldBeFalse();
        Bars.PersonalizationGranted.AllowTargeting(consentRequired: true).ShouldBeFalse();
        (Bars.UserDataGranted | Bars.PersonalizationGranted).AllowTargeting(consentRequired: true).ShouldBeTrue();
    }

    [Fact]
    public void Only_who_is_present_is_limited_and_a_bar_everywhere_goes_before_one_at_a_destination()
    {
        foreach (var bars in Combinations)
        {
            foreach (var status in Enum.GetValues<MembershipStatus>().Where(status => status != MembershipStatus.Present))
            {
                bars.Limit(status, ConsentPolicy.Required).ShouldBe(status);
            }

            foreach (var policy in Enum.GetValues<ConsentPolicy>())
            {
                var expected = !bars.AllowTargeting(policy == ConsentPolicy.Required) ? MembershipStatus.Withheld
                    : bars.HasFlag(Bars.SuppressedSomewhere) ? MembershipStatus.Limited : MembershipStatus.Present;
                bars.Limit(MembershipStatus.Present, policy).ShouldBe(expected, $"{bars}, {policy}");
            }
        }
    }

    [Theory]
    [InlineData(Bars.None, "")]
    [InlineData(Bars.Suppressed, "suppressed")]
    [InlineData(Bars.SuppressedSomewhere, "suppressed_at_destination")]
    [InlineData(Bars.UserDataDenied | Bars.PersonalizationDenied, "ad_user_data_denied ad_personalization_denied")]
    [InlineData(Bars.Erasing | Bars.EverRefused, "erasure")]
    [InlineData(Bars.UserDataGranted | Bars.PersonalizationGranted, "")]
    public void Each_bar_has_its_word_and_a_yes_has_none(Bars bars, string words) => string.Join(' ', bars.Words()).ShouldBe(words);
}
