namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// An error envelope of the Graph API (contract 4). Clients decide by code and subcode; the HTTP status is a weak signal.
/// </summary>
internal sealed record GraphError(int Code, int? Subcode, string Message)
{
    public int Status { get; init; } = StatusCodes.Status400BadRequest;

    public bool IsTransient { get; init; }

    public string? UserTitle { get; init; }

    public string? UserMessage { get; init; }

    public static GraphError Invalid(string message) => new(100, null, $"(#100) {message}");

    public static GraphError Missing(string id) =>
        new(
            100,
            33,
            $"Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing "
                + "permissions, or does not support this operation."
        );

    public static readonly GraphError BadToken = new(190, null, "Invalid OAuth access token - Cannot parse access token");

    public static readonly GraphError ExpiredToken = new(190, 463, "Error validating access token: Session has expired");

    public static readonly GraphError BadProof = new(104, null, "Invalid appsecret_proof provided in the API argument");

    public static readonly GraphError Throttled = new(80003, 2446079, "(#80003) There have been too many calls to this ad-account.")
    {
        IsTransient = true,
        UserTitle = "Ad Account Has Too Many API Calls",
        UserMessage = "There have been too many calls from this ad-account. Wait a bit and try again.",
    };

    public static readonly GraphError ServiceDown = new(2, null, "An unexpected error has occurred. Please retry your request later.")
    {
        Status = StatusCodes.Status500InternalServerError,
        IsTransient = true,
    };

    /// <summary>The contract has no specific code for a disabled account; 200 is its "no permission, a human must act".</summary>
    public static readonly GraphError AccountDisabled = new(200, null, "(#200) The ad account is disabled.");

    public static readonly GraphError UnknownIn200 = new(1, null, "An unknown error occurred") { Status = StatusCodes.Status200OK };

    public static readonly GraphError TermsNotAccepted = new(
        200,
        1870090,
        "(#200) The customer list terms have not been accepted for this ad account."
    );

    /// <summary>The create call has its own code for the terms (contract 5.1).</summary>
    public static readonly GraphError CreateTermsNotAccepted = new(2663, null, "(#2663) The custom audience terms have not been accepted.");

    public static readonly GraphError Flagged = new(100, 1713230, "(#100) Audience Upload Blocked");

    public static readonly GraphError ReplaceRunning = new(2650, 1870145, "(#2650) An update is already running on this audience.");

    public static readonly GraphError ReplaceTimedOut = new(2650, 1870158, "(#2650) The replace session timed out.");

    public static readonly GraphError ReplaceOutOfOrder = new(
        2650,
        1870147,
        "(#2650) A batch arrived before the first one of its session."
    );

    public static readonly GraphError ReplaceFinished = new(2650, 1870159, "(#2650) The replace session has finished already.");

    public static readonly GraphError ReplaceFailed = new(2650, 1870148, "(#2650) The audience was not fully updated.");

    /// <summary>Contract 6.4: the schema form first used to fill an audience binds it permanently.</summary>
    public static GraphError MixedSource(SchemaForm held, SchemaForm sent) =>
        new(2650, null, $"(#2650) Failed to update the custom audience: data source {Source(held)} does not support {Source(sent)}.");

    private static string Source(SchemaForm form) =>
        form == SchemaForm.Multi ? "FILE_IMPORTED.MULTI_HASHES" : "FILE_IMPORTED.HASHES_OR_USER_IDS";
}
