using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Google;

/// <summary>The kind of a list and of the data that it accepts (contract google 6.2 and 6.3).</summary>
internal enum DataKind
{
    ContactId,
    MobileId,
    UserId,
}

/// <summary>The creation parameters of a list; they never change later.</summary>
internal sealed record ListForm
{
    public required string DisplayName { get; init; }

    public string? Description { get; init; }

    public string? IntegrationCode { get; init; }

    /// <summary>Whole days.</summary>
    public int MembershipDays { get; init; } = MaxMembershipDays;

    public bool Closed { get; init; }

    public DataKind Kind { get; init; }

    /// <summary>For a list of mobile ids: <c>IOS</c> or <c>ANDROID</c>, and the app.</summary>
    public string? KeySpace { get; init; }

    public string? AppId { get; init; }

    public const int MaxMembershipDays = 540;
}

/// <summary>A user list.</summary>
/// <param name="Configured">False when created through the API: a reset removes it.</param>
internal sealed record GoogleList(string Id, GoogleAccount Account, ListForm Form, AudienceList List, bool Configured)
{
    public const string Email = "emailAddress";
    public const string Phone = "phoneNumber";
    public const string Address = "address";
    public const string Mobile = "mobileId";
    public const string User = "userId";

    public static bool IsKey(string key) => key is Email or Phone or Address or Mobile or User;
}
