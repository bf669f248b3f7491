# report.ps1 - asks WSUS how far the update is in the group, and writes report.csv beside itself.
#
# usage, on the WSUS server: powershell -NoProfile -File report.ps1
#
# It changes nothing. Bring report.csv to quell: quell campaign import report.csv
param([string]$Group = 'quell <%campaign%>')
$ErrorActionPreference = 'Stop'
$number = '<%kb%>'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path

Import-Module UpdateServices
$server = Get-WsusServer
$target = @($server.GetComputerTargetGroups() | Where-Object { $_.Name -eq $Group })
if ($target.Count -ne 1) {
    Write-Warning ('there is no group ' + $Group + ': run approve.ps1 first')
    exit 2
}

$rows = foreach ($update in @($server.SearchUpdates($number) | Where-Object { $_.KnowledgebaseArticles -contains $number -and -not $_.IsDeclined })) {
    foreach ($info in @($update.GetUpdateInstallationInfoPerComputerTarget($target[0]))) {
        $computer = $server.GetComputerTarget($info.ComputerTargetId)
        New-Object PSObject -Property @{
            ComputerName = $computer.FullDomainName
            UpdateTitle = $update.Title
            UpdateInstallationState = [string]$info.UpdateInstallationState
            LastReportedStatusTime = $computer.LastReportedStatusTime.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture)
        }
    }
}
$rows | Select-Object ComputerName, UpdateTitle, UpdateInstallationState, LastReportedStatusTime |
    Export-Csv -LiteralPath (Join-Path $here 'report.csv') -NoTypeInformation -Encoding UTF8
exit 0
