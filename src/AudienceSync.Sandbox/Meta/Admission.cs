namespace AudienceSync.Sandbox.Meta;

/// <summary>Checks access and the remaining budget of the caller: token, proof, budget, then the object itself.</summary>
internal static class Admission
{
    /// <param name="wanted">The object of the call and its account; null when the object does not exist.</param>
    public static GraphError? Admit(
        MetaCall call,
        HttpRequest request,
        GraphParameters parameters,
        MetaPlatform platform,
        (string Id, MetaAccount? Owner) wanted,
        DateTimeOffset now
    )
    {
        if (TokenOf(request, parameters) is not { Length: > 0 } token)
        {
            return GraphError.BadToken;
        }

        var account = wanted.Owner?.Settings.Token == token ? wanted.Owner : platform.FirstWithToken(token);
        if (account is null)
        {
            return GraphError.BadToken;
        }

        if (account.Settings.AppSecret is { } secret && !AppSecretProof.IsValid(secret, token, parameters, now))
        {
            return GraphError.BadProof;
        }

        call.Account = account;
        call.Usage = account.Budget.Take(account.CallsPerHour);
        if (call.Usage.Refused)
        {
            return GraphError.Throttled;
        }

        return account == wanted.Owner ? null : GraphError.Missing(GraphParameters.Shorten(wanted.Id));
    }

    /// <summary>Uploads and removals require accepted terms (contract 11).</summary>
    public static GraphError? CheckTerms(MetaAccount account) => account.Settings.TermsAccepted ? null : GraphError.TermsNotAccepted;

    private static string? TokenOf(HttpRequest request, GraphParameters parameters)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : parameters.Text("access_token");
    }
}
